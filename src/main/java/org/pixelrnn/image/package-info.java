/** What an image is; pictures in and out of files; sample grids, occlusions, the terminal. */
package org.pixelrnn.image;
