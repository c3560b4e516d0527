"""Joins two network namespaces by a link that delays every packet and loses some of them. Needs root.

    slow_link.py NAMESPACE ADDRESS NAMESPACE ADDRESS SECONDS LOSS

Each namespace gets a device `slow` with its address. It prints "ready", and carries packets until it is killed.
Linux has the queueing discipline netem for this, but many kernels of virtual machines are built without it.
"""

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000


def device(namespace, address):
    """Makes the device of one end. Each read of the file gives a packet, each write sends one."""
    file = os.open("/dev/net/tun", os.O_RDWR)
    name = f"link{os.getpid()}"
    fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    for command in (
        ["ip", "link", "set", name, "netns", namespace, "name", "slow"],
        ["ip", "-n", namespace, "address", "add", address + "/24", "dev", "slow"],
        ["ip", "-n", namespace, "link", "set", "slow", "up"],
    ):
        subprocess.run(command, check=True)
    return file


def carry(first, second, delay, loss):
    other = {first: second, second: first}
    lottery = random.Random(26)
    under_way = []  # (time of arrival, number, file, packet)
    number = 0
    while True:
        wait = max(0, under_way[0][0] - time.monotonic()) if under_way else None
        for file in select.select([first, second], [], [], wait)[0]:
            packet = os.read(file, 65536)
            if lottery.random() >= loss:
                number += 1
                heapq.heappush(under_way, (time.monotonic() + delay, number, other[file], packet))
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, file, packet = heapq.heappop(under_way)
            try:
                os.write(file, packet)
            except OSError:
                pass  # the device is down


if __name__ == "__main__":
    ends = device(*sys.argv[1:3]), device(*sys.argv[3:5])
    print("ready", flush=True)
    carry(*ends, float(sys.argv[5]), float(sys.argv[6]))
