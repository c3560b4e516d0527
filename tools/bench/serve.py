#!/usr/bin/env python3
"""Measures `sample` of an exported model under load, as the benchmark Serve does with a server.

usage: serve.py NAME MODEL_VERSION_FOLDER SECONDS CLIENTS...

Each client is a thread that samples one image after another. Prints a line for each number of clients.
"""

import math
import sys
import threading
import time

import tensorflow as tf

if len(sys.argv) < 5:
    sys.exit(__doc__)
name, folder, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
model = tf.saved_model.load(folder)
sample = model.signatures["sample"]


def image(seed):
    begun = time.perf_counter()
    sample(
        count=tf.constant(1),
        seed=tf.constant(seed, tf.int64),
        temperature=tf.constant(1.0),
    )["images"].numpy()
    return time.perf_counter() - begun


def client(end, times):
    while True:
        times.append(image(len(times)))
        if time.perf_counter() >= end:
            return


def part(ordered, share):
    return ordered[math.ceil(share * len(ordered)) - 1]


client(time.perf_counter() + 1, [])
alone = None
for clients in map(int, sys.argv[4:]):
    times = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=client, args=(begun + seconds, times))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(times) / (time.perf_counter() - begun)
    alone = alone or rate
    times.sort()
    print(
        f"{name:26} {'Python':7} {clients:7} {'-':>9} {'-':>9}"
        f" {1000 * part(times, 0.5):9.1f} {1000 * part(times, 0.99):9.1f}"
        f" {rate:9.1f} {rate / alone:6.2f}",
        flush=True,
    )
