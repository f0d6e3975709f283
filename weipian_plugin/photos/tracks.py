"""What the photos before and after say about one: whoever takes several within minutes takes them of one patch.

Photos of one camera, in order of time, form tracks; a jump that nobody walks ends one, so that two
phones of one model do not mix. Along a track the likelihoods are joined (forward–backward). How often
the patch really stays the same is learnt from the photos themselves, so that pictures in no order are
not bound together.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Optional

#: Seconds between two photos of one track at most; after a third of it the patch is often another.
LONGEST_GAP_S = 1200.0
_FADE_S = 300.0
#: Metres walked that make a new patch as likely as the old one would have been.
_FADE_M = 90.0
#: Faster than this between two photos is another person's phone, metres a second.
_FASTEST = 15.0
#: Error of two positions against each other, metres.
_SLACK_M = 60.0
#: More photos of one camera in the same second than a burst has: the clock says nothing.
_BURST = 4
#: Pauses up to so many seconds are of one kind: how often the patch stays the same is learnt for each.
_PAUSES_S = (20.0, 45.0, 90.0, 180.0, 400.0, LONGEST_GAP_S)
#: What is believed of each kind before, as if so many pauses had been seen.
_SEEN = 6.0
_ROUNDS = 4
#: Photos of one visit err alike (one receiver, one spot): each counts for so much of its log likelihood.
_INDEPENDENT = 0.7
#: What stands for "no patch".
NOWHERE = -1


@dataclass(frozen=True)
class Shot:
    """One photo of a track: `when` seconds, `weights` patch -> likelihood (empty: it has no position)."""

    key: int
    camera: str
    when: Optional[float]
    place: Optional[tuple[float, float]]
    weights: dict[int, float]


@dataclass(frozen=True)
class Joined:
    """What a track makes of a photo: patch -> probability, how many others were taken there within `seconds`.

    `between`: photos with a position were taken both before and after it, within minutes.
    """

    chances: dict[int, float]
    company: int
    seconds: float
    between: bool = False


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Between two lon/lat, good to a per cent: enough to see whether somebody walked."""
    east = ((b[0] - a[0] + 180) % 360 - 180) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(east, b[1] - a[1]) * 111_200


def tracks(shots: Sequence[Shot]) -> list[list[Shot]]:
    """Photos of one camera that one person can have taken one after the other, in order of time, else as given."""
    same = Counter((s.camera, s.when) for s in shots)
    timed = [s for s in shots if s.when is not None and same[s.camera, s.when] <= _BURST]
    done: list[list[Shot]] = []
    open_: dict[str, list[list[Shot]]] = {}
    for shot in sorted(timed, key=lambda s: (s.camera, s.when or 0.0, s.place or (0.0, 0.0))):
        running = [t for t in open_.get(shot.camera, []) if (shot.when or 0) - (t[-1].when or 0) <= LONGEST_GAP_S]
        fits = [(_leap(track, shot), -(track[-1].when or 0), n) for n, track in enumerate(running)]
        fits = [fit for fit in fits if fit[0] < math.inf]
        if fits:
            running[min(fits)[2]].append(shot)
        else:
            running.append([shot])
            done.append(running[-1])
        open_[shot.camera] = running
    return [track for track in done if len(track) > 1]


def _leap(track: Sequence[Shot], shot: Shot) -> float:
    """Metres from the last known place of a track, infinite if nobody is that fast."""
    last = next((s for s in reversed(track) if s.place is not None), None)
    if last is None or last.place is None or shot.place is None:
        return 0.0
    far = metres(last.place, shot.place)
    return far if far <= _SLACK_M + _FASTEST * ((shot.when or 0) - (last.when or 0)) else math.inf


def join(shots: Sequence[Shot]) -> dict[int, Joined]:
    """The photos that stand in a track, with what the others make of them, by their key."""
    lines = [_Line(track) for track in tracks(shots)]
    first = [0.9 * math.exp(-pause / _FADE_S) for pause in _PAUSES_S]
    stays = list(first)
    for _ in range(_ROUNDS):
        stayed, links = [_SEEN * s for s in first], [_SEEN] * len(first)
        for line in lines:
            line.pass_over(stays)
            for kind, expected, weight in line.stayed(stays):
                stayed[kind] += expected
                links[kind] += weight
        stays = [a / b for a, b in zip(stayed, links)]
    for line in lines:
        line.pass_over(stays)
    return {key: joined for line in lines for key, joined in line.joined().items()}


class _Line:
    """One track and the messages along it."""

    def __init__(self, track: Sequence[Shot]) -> None:
        self._track = track
        self._weights = [{state: w**_INDEPENDENT for state, w in s.weights.items()} for s in track]
        for i, shot in enumerate(track):
            if not shot.weights:
                around = [track[j].weights for j in (self._beside(i, -1), self._beside(i, 1)) if j is not None]
                self._weights[i] = {state: 1.0 for weights in around for state in weights} or {NOWHERE: 1.0}
        self._links = [self._link(a, b) for a, b in zip(track, track[1:])]
        self._after: list[dict[int, float]] = []
        self._before: list[dict[int, float]] = []

    def _beside(self, i: int, step: int) -> Optional[int]:
        """The nearest photo with a position before or after."""
        j = i + step
        while 0 <= j < len(self._track):
            if self._track[j].weights:
                return j
            j += step
        return None

    @staticmethod
    def _link(a: Shot, b: Shot) -> tuple[int, float]:
        """The kind of a pause, and how much of the belief in "the same patch" is left after the way, 0–1."""
        kind = bisect_left(_PAUSES_S[:-1], (b.when or 0) - (a.when or 0))
        if a.place is None or b.place is None:
            return kind, 1.0
        return kind, 1 / (1 + (metres(a.place, b.place) / _FADE_M) ** 2)

    def pass_over(self, stays: Sequence[float]) -> None:
        """Run both ways; `stays` is how often a patch stays the same over each kind of pause."""
        count = len(self._track)
        self._before = [_scaled(self._weights[0])]
        for i in range(1, count):
            kind, left = self._links[i - 1]
            told = _told(self._before[-1], self._weights[i], stays[kind] * left)
            self._before.append(_scaled({s: told[s] * w for s, w in self._weights[i].items()}))
        self._after = [{}] * count
        self._after[-1] = dict.fromkeys(self._weights[-1], 1.0)
        for i in range(count - 2, -1, -1):
            kind, left = self._links[i]
            coming = {s: w * self._after[i + 1][s] for s, w in self._weights[i + 1].items()}
            self._after[i] = _scaled(_told(coming, self._weights[i], stays[kind] * left))

    def stayed(self, stays: Sequence[float]) -> Iterator[tuple[int, float, float]]:
        """For each pause its kind, how likely the patch stayed the same, and how much that tells."""
        for i, (kind, left) in enumerate(self._links):
            if self._track[i].weights and self._track[i + 1].weights:
                same, other = self._stay(i, stays[kind] * left)
                yield kind, left * same / (same + other), left

    def _stay(self, i: int, stays: float) -> tuple[float, float]:
        """Weight of both ways to go over a link."""
        before = self._before[i]
        after = {s: w * self._after[i + 1][s] for s, w in self._weights[i + 1].items()}
        same = sum(p * after.get(s, 0.0) for s, p in before.items())
        apart = sum(before.values()) * sum(after.values()) - same
        return max(stays * same, 1e-300), (1 - stays) * apart / max(len(after), 2)

    def joined(self) -> dict[int, Joined]:
        """What came out for each photo."""
        found = {}
        for i, shot in enumerate(self._track):
            chances = _scaled({s: p * self._after[i].get(s, 0.0) for s, p in self._before[i].items()})
            best = max(chances, key=lambda s: (chances[s], -s))
            away = [
                (o.when or 0) - (shot.when or 0)
                for j, o in enumerate(self._track)
                if j != i and o.weights.get(best, 0.0) > 0 and abs((o.when or 0) - (shot.when or 0)) <= _FADE_S
            ]
            between = min(away, default=1.0) <= 0 <= max(away, default=-1.0) and len(away) > 1
            found[shot.key] = Joined(chances, len(away), max(map(abs, away), default=0.0), between)
        return found


def _told(known: dict[int, float], states: dict[int, float], stays: float) -> dict[int, float]:
    """What the neighbour says of each state: the same with `stays`, else any other alike."""
    total = sum(known.values())
    spread = (1 - stays) / max(len(states), 2)
    return {s: stays * known.get(s, 0.0) + spread * (total - known.get(s, 0.0)) for s in states}


def _scaled(weights: dict[int, float]) -> dict[int, float]:
    total = sum(weights.values())
    if total <= 0:
        return dict.fromkeys(weights, 1 / max(len(weights), 1))
    return {s: w / total for s, w in weights.items()}
