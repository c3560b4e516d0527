# How the files beside this one were made: python fixtures.py DIR (Pillow 13.0, TensorFlow 2.18).
import sys, os, io
import numpy as np, tensorflow as tf
from PIL import Image
out = sys.argv[1]; os.makedirs(out, exist_ok=True)
def picture(i, h=6, w=9):
    r, c = np.mgrid[0:h, 0:w]
    return np.stack([r * 10 + i, c * 7, np.full((h, w), 40 * i)], -1).astype(np.uint8)
def feature(v):
    if isinstance(v, bytes): return tf.train.Feature(bytes_list=tf.train.BytesList(value=[v]))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[v]))
def example(**f):
    return tf.train.Example(features=tf.train.Features(feature={k.replace('__', '/'): feature(v) for k, v in f.items()})).SerializeToString()
def png(a, fmt='png', **kw):
    b = io.BytesIO(); Image.fromarray(a).save(b, fmt, **kw); return b.getvalue()
for name, options in (('pictures.tfrecord', ''), ('gzipped.tfrecord', 'GZIP')):
    with tf.io.TFRecordWriter(os.path.join(out, name), options) as w:
        w.write(example(image__encoded=png(picture(0)), image__class__label=3))
        w.write(example(image__raw=picture(1).tobytes(), image__height=6, image__width=9))
        w.write(example(image__raw=picture(2)[:, :, 0].tobytes(), image__height=6, image__width=9))
        w.write(example(image__encoded=png(picture(3), 'jpeg', quality=95)))
a = picture(4, 24, 36)
Image.fromarray(a).save(os.path.join(out, 'picture.webp'), lossless=True)
Image.fromarray(a).save(os.path.join(out, 'picture.bmp'))
Image.fromarray(a).save(os.path.join(out, 'picture.tiff'), compression='tiff_lzw')
Image.fromarray(a).save(os.path.join(out, 'picture.jpeg'), quality=95, progressive=True)
Image.fromarray(a).save(os.path.join(out, 'picture.png'), optimize=True)
Image.fromarray(a).quantize(256).save(os.path.join(out, 'picture.gif'))
