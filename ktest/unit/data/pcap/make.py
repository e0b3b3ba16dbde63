#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the captures beside this file, byte by byte; nothing is shared with
gen or ref. The *.json files were worked out by hand from what stands here."""

import os
import socket
import struct

DUT = bytes.fromhex("020000000002")
PEER = bytes.fromhex("020000000001")
TCP, UDP, SCTP, ICMP, GRE, ICMP6 = 6, 17, 132, 1, 47, 58
FIN, SYN, RST, ACK = 1, 2, 4, 16


def ether(payload, kind, dst=DUT, src=PEER, tags=(), pad=0):
    out = dst + src
    for tag in tags:
        out += struct.pack("!HH", tag, 5)
    return out + struct.pack("!H", kind) + payload + b"\0" * pad


def tcp(sport, dport, flags=ACK, data=0, doff=5):
    return struct.pack("!HHIIBBHHH", sport, dport, 1, 0, doff << 4, flags,
                       1024, 0, 0) + b"x" * data


def udp(sport, dport, data=0):
    return struct.pack("!HHHH", sport, dport, 8 + data, 0) + b"x" * data


def sctp(sport, dport):
    return struct.pack("!HHII", sport, dport, 1, 0)


def icmp(kind=8):
    return struct.pack("!BBHHH", kind, 0, 0, 77, 1)


def ip4(src, dst, proto, body, options=b"", frag=0, total=None, ihl=None,
        version=4):
    words = 5 + len(options) // 4 if ihl is None else ihl
    length = 20 + len(options) + len(body) if total is None else total
    return struct.pack("!BBHHHBBH4s4s", version << 4 | words, 0, length, 9,
                       frag, 64, proto, 0, socket.inet_aton(src),
                       socket.inet_aton(dst)) + options + body


def ip6(src, dst, proto, body, exts=(), payload=None, version=6):
    """exts: (number, bytes of the header without its first byte)"""
    chain = [number for number, _ in exts] + [proto]
    data = b"".join(bytes([after]) + ext
                    for after, (_, ext) in zip(chain[1:], exts)) + body
    length = len(data) if payload is None else payload
    return struct.pack("!IHBB", version << 28, length, chain[0], 64) + \
        socket.inet_pton(socket.AF_INET6, src) + \
        socket.inet_pton(socket.AF_INET6, dst) + data


HOP = (0, b"\0" + b"\1\4" + b"\0" * 4)
DSTOPTS = (60, b"\0" + b"\1\4" + b"\0" * 4)
DSTOPTS16 = (60, b"\1" + b"\1\14" + b"\0" * 12)
ROUTING = (43, b"\0\4\0" + b"\0" * 4)
AH = (51, b"\4" + b"\0" * 22)


def fragment(offset, more):
    return (44, b"\0" + struct.pack("!HI", offset | more, 9))


def v4(body, **kw):
    return ether(body, 0x0800, **kw)


def v6(body, **kw):
    return ether(body, 0x86dd, **kw)


def write(name, frames, link=1, snap=262144):
    """frames: (nanoseconds, bytes)"""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, name), "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, snap,
                              link))
        for time, data in frames:
            out.write(struct.pack("<IIII", 1700000000 + time // 10**9,
                                  time % 10**9, min(len(data), snap),
                                  len(data)))
            out.write(data[:snap])


MS = 10**6
D = "10.0.0.99"


def psd():
    """threshold 3, window 1000 ms, block 500 ms"""
    def t(time, src, body, proto=TCP):
        return time, v4(ip4(src, D, proto, body))

    a, b, c, d, e = ("10.0.0.%d" % n for n in range(1, 6))
    return sorted([
        # a: 80, 80 again, 0, 443 pass: three ports. 53 is the fourth.
        t(0, a, tcp(1, 80, SYN)), t(100 * MS, a, tcp(2, 80, SYN)),
        t(200 * MS, a, udp(1, 0), UDP), t(250 * MS, a, udp(1, 0), UDP),
        t(300 * MS, a, tcp(1, 9999, ACK)), t(400 * MS, a, tcp(3, 443, SYN)),
        t(500 * MS, a, udp(1, 53), UDP),            # dropped, until 1 s
        t(600 * MS, a, icmp(), ICMP),               # dropped
        t(1000 * MS - 1, a, tcp(1, 80, ACK)),       # dropped
        t(1000 * MS, a, tcp(1, 80, ACK)),           # passes
        t(1001 * MS, a, tcp(4, 22, SYN)),           # passes, a new window
        # b: three ports, and a fourth when the window is just over.
        t(0, b, sctp(1, 1), SCTP), t(1, b, udp(1, 2), UDP),
        t(2, b, tcp(1, 3, SYN)), t(1000 * MS - 1, b, tcp(1, 3, SYN)),
        t(1000 * MS, b, tcp(1, 4, SYN)),            # passes
        # c: the same a nanosecond earlier.
        t(0, c, sctp(1, 1), SCTP), t(1, c, udp(1, 2), UDP),
        t(2, c, tcp(1, 3, SYN)),
        t(1000 * MS - 1, c, tcp(1, 4, SYN)),        # dropped
        # d: FIN, NULL, Xmas and RST without ACK are attempts.
        t(0, d, tcp(1, 1, FIN)), t(1, d, tcp(1, 2, 0)),
        t(2, d, tcp(1, 3, FIN | 0x28)), t(3, d, tcp(1, 4, RST)),  # dropped
        # e: what has ACK, or no ports, is none: no state at all.
        t(0, e, tcp(1, 1, SYN | ACK)), t(1, e, tcp(1, 2, ACK)),
        t(2, e, tcp(1, 3, RST | ACK)), t(3, e, tcp(1, 4, FIN | ACK)),
        t(4, e, icmp(), ICMP), t(5, e, b"", GRE),
    ], key=lambda frame: frame[0])


def policer():
    """rate 1000 bytes/s, burst 1000 bytes"""
    def t(time, size, dst=D):
        return time, v4(ip4("10.0.0.1", dst, UDP, udp(1, 2, size - 28)))

    return sorted([
        t(0, 600), t(0, 401), t(0, 400),            # 401 exceeds; 0 left
        t(100 * MS - 1, 100),                       # exceeds by 1 nanobyte
        t(100 * MS, 100),                           # conforms, 0 left
        t(5000 * MS, 1001),                         # larger than the bucket
        t(5000 * MS, 1000), t(5000 * MS, 28),       # 28 exceeds
        t(5028 * MS, 28),                           # conforms
        t(200 * MS, 1000, "10.0.0.98"),             # another bucket: conforms
        (300 * MS, v6(ip6("fd00::1", "fd00::2", UDP, udp(1, 2, 952)))),
        (300 * MS, v6(ip6("fd00::1", "fd00::2", UDP, udp(1, 2, 0)))),
    ], key=lambda frame: frame[0])


def counter():
    """connections of a source"""
    def t(time, src, flags):
        return time * MS, v4(ip4(src, D, TCP, tcp(1000, 80, flags)))

    a, b = "10.0.0.1", "10.0.0.2"
    flags = [
        # active connections of a after each: 0 1 2 1 1 0 0 1 1
        FIN | ACK, SYN, SYN, FIN | ACK, SYN | ACK, RST, RST | ACK,
        SYN | FIN, ACK,
    ]
    return [t(i, a, f) for i, f in enumerate(flags)] + [t(20, b, SYN)]


def parse():
    """one UDP flow, 1 > 2, of 10.0.0.1 and fd00::1 in many disguises"""
    a, a6, d6 = "10.0.0.1", "fd00::1", "fd00::2"
    u = udp(1, 2)
    q, s = 0x8100, 0x88a8
    return [(i * MS, frame) for i, frame in enumerate([
        # 9 x 28 bytes + 8 of options + 40 of options = 300 bytes
        v4(ip4(a, D, UDP, u)), v4(ip4(a, D, UDP, u), pad=18),
        v4(ip4(a, D, UDP, u), tags=[q]), v4(ip4(a, D, UDP, u), tags=[s, q]),
        v4(ip4(a, D, UDP, u), tags=[q] * 4, pad=3),
        v4(ip4(a, D, UDP, u, options=b"\1" * 8)),
        v4(ip4(a, D, UDP, u, options=b"\1" * 40)),
        v4(ip4(a, D, UDP, u, frag=0x4000)),         # DF is no fragment
        v4(ip4(a, D, UDP, u), dst=b"\xff" * 6),
        # 10 bytes of ICMP and GRE: 28 + 20
        v4(ip4(a, D, ICMP, icmp())), v4(ip4(a, D, GRE, b"")),
        # fragments: first 36, middle 28, last 24 bytes
        v4(ip4(a, D, UDP, udp(1, 2, 8), frag=0x2000)),
        v4(ip4(a, D, UDP, b"x" * 8, frag=0x2002)),
        v4(ip4(a, D, UDP, b"x" * 4, frag=3)),
        # IPv6: 48, 56, 64 + 16 + 24 + 8 = 112, 56, 48 + 8 * 8 = 112 bytes
        v6(ip6(a6, d6, UDP, u)), v6(ip6(a6, d6, UDP, u, [HOP])),
        v6(ip6(a6, d6, UDP, u, [HOP, DSTOPTS16, ROUTING, AH, DSTOPTS])),
        v6(ip6(a6, d6, UDP, u, [fragment(0, 0)])),  # atomic: no fragment
        v6(ip6(a6, d6, UDP, u, [DSTOPTS] * 8)),
        # ICMPv6 48 and, nothing next, 40 bytes
        v6(ip6(a6, d6, ICMP6, icmp(128))), v6(ip6(a6, d6, 59, b"")),
        # fragments of 56 + 52 = 108 bytes; what is in the second is no header
        v6(ip6(a6, d6, UDP, u, [fragment(0, 1)])),
        v6(ip6(a6, d6, 0, b"\xff" * 4, [fragment(8, 0)])),
        # not IP: ARP, five tags, LLDP, an 802.3 length
        ether(b"\0" * 28, 0x0806), v4(ip4(a, D, UDP, u), tags=[q] * 5),
        ether(b"\0" * 50, 0x88cc), ether(b"\0" * 46, 46),
        # malformed
        v4(ip4(a, D, UDP, u)[:19]), v4(ip4(a, D, UDP, u, ihl=4)),
        v4(ip4(a, D, UDP, u, ihl=8)), v4(ip4(a, D, UDP, u, version=6)),
        v4(ip4(a, D, UDP, u, total=29)), v4(ip4(a, D, UDP, u, total=19)),
        v4(ip4(a, D, UDP, u, total=0)), v4(ip4(a, D, UDP, u, total=27)),
        v4(ip4(a, D, TCP, tcp(1, 2)[:19])),
        v4(ip4(a, D, TCP, tcp(1, 2, doff=4))),
        v4(ip4(a, D, TCP, tcp(1, 2, doff=6))), v4(ip4(a, D, SCTP, u)),
        v4(b""),
        v6(ip6(a6, d6, UDP, u)[:39]), v6(ip6(a6, d6, UDP, u, version=4)),
        v6(ip6(a6, d6, UDP, u, payload=9)),
        v6(ip6(a6, d6, UDP, u, payload=7)),
        v6(ip6(a6, d6, UDP, u, [DSTOPTS] * 9)),
        v6(ip6(a6, d6, UDP, b"", [(60, b"\1" + b"\0" * 6)])),
        v6(ip6(a6, d6, 60, b"\x11\0\0\0")),
        # not for the device under test, and what it sent itself
        v4(ip4(a, D, UDP, u), dst=PEER, src=DUT),
        v4(ip4(a, D, UDP, u), dst=bytes.fromhex("020000000003")),
        v4(ip4(a, D, UDP, u), dst=bytes.fromhex("333300000001"), src=DUT),
    ])]


def cooked():
    """two packets of parse in Linux cooked form, version 2"""
    def sll2(kind, sender, payload):
        return struct.pack("!HHIHBB", kind, 0, 3, 1, 4, 6) + sender + \
            b"\0\0" + payload

    u = ip4("10.0.0.1", D, UDP, udp(1, 2))
    return [
        (0, sll2(0x0800, PEER, u)),
        (1, sll2(0x8100, PEER, struct.pack("!HH", 5, 0x0800) + u)),
        (2, sll2(0x0800, DUT, u)),
    ]


write("psd.pcap", psd())
write("policer.pcap", policer())
write("counter.pcap", counter())
write("parse.pcap", parse())
write("cooked.pcap", cooked(), link=276)
write("offload.pcap", [(0, v4(ip4("10.0.0.1", D, UDP, udp(1, 2, 1487))))])
write("cut.pcap", parse(), snap=40)
