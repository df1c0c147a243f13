"""The gossip flood of flood.ts on SimPy, for comparison: the same graph, the same delays, the same order of work.

Usage: python3 flood_simpy.py <peers> <degree> <messages> <process|callback>
Prints one JSON line. `process` is SimPy as its manual teaches it, one process per packet in flight; `callback`
is the leanest use of it, a bare timeout with a callback.
"""

import json
import sys
import time

import simpy

MASK = 0xFFFFFFFF


def xorshift(state):
    """Marsaglia's xorshift32, the generator that flood.ts uses too."""
    state ^= (state << 13) & MASK
    state ^= state >> 17
    state ^= (state << 5) & MASK
    return state


def build(peers, degree):
    neighbours, delays = [], []
    state = 2463534242
    for _ in range(peers):
        row, wait = [], []
        for _ in range(degree):
            state = xorshift(state)
            row.append(state % peers)
            state = xorshift(state)
            wait.append(100 + state % 1400)
        neighbours.append(row)
        delays.append(wait)
    return neighbours, delays


def flood(neighbours, delays, messages, style):
    env = simpy.Environment()
    seen = [bytearray(len(neighbours)) for _ in range(messages)]
    packets = 0

    def receive(peer, message):
        nonlocal packets
        marks = seen[message]
        if marks[peer]:
            return
        marks[peer] = 1
        for neighbour, delay in zip(neighbours[peer], delays[peer]):
            packets += 1
            send(neighbour, message, delay)

    def travel(peer, message, delay):
        yield env.timeout(delay)
        receive(peer, message)

    def send_process(peer, message, delay):
        env.process(travel(peer, message, delay))

    def send_callback(peer, message, delay):
        env.timeout(delay).callbacks.append(lambda _: receive(peer, message))

    send = send_process if style == "process" else send_callback
    for message in range(messages):
        receive(message * 97 % len(neighbours), message)
    env.run()
    return packets, sum(sum(marks) for marks in seen), env.now


def main():
    peers, degree, messages = (int(text) for text in sys.argv[1:4])
    neighbours, delays = build(peers, degree)
    start = time.perf_counter()
    packets, reached, last_tick = flood(neighbours, delays, messages, sys.argv[4])
    seconds = time.perf_counter() - start
    print(json.dumps({"packets": packets, "reached": reached, "lastTick": last_tick, "seconds": seconds}))


main()
