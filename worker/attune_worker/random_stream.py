"""Attune's named random streams, number for number those of `src/random.ts`.

xoshiro128** draws one number after the other. Its state changes by a linear map over bits (Blackman and Vigna, arXiv
1805.01407), so a power of that map jumps ahead: many places of one stream are computed side by side, which makes
millions of draws a matter of milliseconds. That is what lets both engines use the same initial adapters and the same dropout.
"""

from __future__ import annotations

import hashlib
import json

import torch
from torch import Tensor

_WORD = 0xFFFFFFFF
_BITS = 128
_State = tuple[Tensor, Tensor, Tensor, Tensor]


def _rotate(value: Tensor, by: int) -> Tensor:
    return ((value << by) | (value >> (32 - by))) & _WORD


def _advance(state: _State) -> _State:
    a, b, c, d = state
    shifted = (b << 9) & _WORD
    c = c ^ a
    d = d ^ b
    b = b ^ c
    a = a ^ d
    return a, b, c ^ shifted, _rotate(d, 11)


def _to_bits(state: _State) -> Tensor:
    """[128, lanes] of 0 and 1."""
    places = torch.arange(32, device=state[0].device)
    return torch.cat([(word >> places[:, None]) & 1 for word in state]).float()


def _from_bits(bits: Tensor) -> _State:
    weights = 2 ** torch.arange(32, device=bits.device)
    a, b, c, d = (bits.long().reshape(4, 32, -1) * weights[:, None]).sum(1)
    return a, b, c, d


def _unit_states() -> _State:
    """128 states of one bit each, side by side."""
    return _from_bits(torch.eye(_BITS))


_powers = [_to_bits(_advance(_unit_states()))]


def _power(exponent: int, device: torch.device) -> Tensor:
    """The map of 2^exponent draws as a matrix over bits."""
    while len(_powers) <= exponent:
        _powers.append(torch.remainder(_powers[-1] @ _powers[-1], 2))
    return _powers[exponent].to(device)


class RandomStream:
    """The stream of `seed` at `path`; equal arguments give equal numbers on every machine and device."""

    def __init__(self, seed: int, *path: str | int, device: torch.device | str = "cpu") -> None:
        name = json.dumps([seed, *path], separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(name.encode()).digest()
        words = [int.from_bytes(digest[i : i + 4], "little") for i in (0, 4, 8, 12)]
        words[3] |= 1
        self._device = torch.device(device)
        a, b, c, d = (torch.tensor([word], device=self._device) for word in words)
        self._state: _State = (a, b, c, d)

    def uniform(self, count: int) -> Tensor:
        """The next `count` numbers, uniform in [0, 1) with 32 bits, as float64."""
        # About as many lanes as draws in a lane, but no more than 256 of those: lanes are what runs side by side.
        exponent = min(8, max(count, 1).bit_length() // 2)
        draws = 2**exponent
        lanes = -(-count // draws)
        state = self._lanes(exponent, lanes)
        drawn = torch.empty(draws, lanes, dtype=torch.float64, device=self._device)
        for i in range(draws):
            drawn[i] = (_rotate((state[1] * 5) & _WORD, 7) * 9) & _WORD
            state = _advance(state)
        self._jump(count)
        return drawn.t().reshape(-1)[:count] / 2**32

    def integers(self, bound: int, count: int) -> list[int]:
        """The next `count` integers, uniform in [0, bound)."""
        return torch.floor(self.uniform(count) * bound).long().tolist()

    def _lanes(self, exponent: int, lanes: int) -> _State:
        """The states 0, 2^exponent, 2 · 2^exponent, … draws ahead."""
        bits = _to_bits(self._state)
        while bits.shape[1] < lanes:
            jumped = torch.remainder(_power(exponent, self._device) @ bits, 2)
            bits = torch.cat([bits, jumped], 1)
            exponent += 1
        return _from_bits(bits[:, :lanes])

    def _jump(self, count: int) -> None:
        bits = _to_bits(self._state)
        for exponent in range(count.bit_length()):
            if count >> exponent & 1:
                bits = torch.remainder(_power(exponent, self._device) @ bits, 2)
        self._state = _from_bits(bits)
