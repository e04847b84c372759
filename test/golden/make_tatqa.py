"""Makes tatqa.jsonl and tatqa-cases.jsonl: what TAT-QA's own evaluation says of predictions.

The evaluation (tatqa_metric.py and tatqa_utils.py of https://github.com/NExTplusplus/TAT-QA at commit 870accc) is read
from a clone and is no part of this repository, nor is the data set (tatqa_dataset_dev.json, CC BY 4.0, Zhu et al. 2021).

- tatqa.jsonl: for every question of the data set, in its order, and every kind of prediction that
  src/evaluate/scorers/tat-qa/predictions.fixture.ts makes as it is made here: exact match and scale match as one digit
  a question, and F1 (in hundredths) of the questions where it is not the exact match. Digests show whether data and
  predictions are the same.
- tatqa-cases.jsonl: invented golds and predictions that look for odd corners, with all three scores.

Made with Python 3.11.7, NumPy 2.4.6, SciPy 1.17.1 and pandas 3.1.1:

    python test/golden/make_tatqa.py ~/TAT-QA ../shared/data/finance/tatqa_dataset_dev.json
"""

import argparse
import hashlib
import json
import random
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
SCALES = ["", "thousand", "million", "billion", "percent"]
FACTORS = {"": 1, "thousand": 1e3, "million": 1e6, "billion": 1e9, "percent": 0.01}
DIGIT_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def text(value):
    """A value as JavaScript's String gives it."""
    if isinstance(value, float):
        if value == int(value):
            return str(int(value))
        return "0" if abs(value) < 1e-4 else repr(value)
    return str(value)


def spans_of(question):
    answer = question["answer"]
    return [text(part) for part in (answer if isinstance(answer, list) else [answer])]


def number_of(question):
    """The calculated answer, or undefined as None."""
    answer = question["answer"]
    return answer if isinstance(answer, (int, float)) else None


def each(change):
    return lambda q: ([change(span) for span in spans_of(q)], q["scale"])


def calculated(change):
    """Changes a calculated answer; others stay."""

    def make(q):
        number = number_of(q)
        return (spans_of(q) if number is None else [text(change(number, q["scale"]))], q["scale"])

    return make


def unscaled(make):
    return lambda q: (make(q)[0], "")


def words_only(span):
    return "".join(f" {DIGIT_WORDS[ord(c) - 48]} " if "0" <= c <= "9" else c for c in span)


KINDS = {
    "untouched": lambda q: (q["answer"], q["scale"]),
    "as_wanted": each(lambda s: s),
    "no_scale": lambda q: (spans_of(q), ""),
    "next_scale": lambda q: (spans_of(q), SCALES[(SCALES.index(q["scale"]) + 1) % 5]),
    "percent_scale": lambda q: (spans_of(q), "percent"),
    "other_sign": each(lambda s: s[1:] if s.startswith("-") else "-" + s),
    "brackets": each(lambda s: "(" + s.replace("-", "") + ")"),
    "percent_sign": lambda q: ([s + "%" for s in spans_of(q)], ""),
    "percent_sign_and_scale": each(lambda s: s + " %"),
    "fraction": unscaled(calculated(lambda n, _: n / 100)),
    "multiplied": unscaled(calculated(lambda n, scale: n * FACTORS[scale])),
    "truncated": calculated(lambda n, _: float(int(n))),
    "near": calculated(lambda n, _: n + 0.004),
    "off_by_a_hundredth": calculated(lambda n, _: n + 0.01),
    "scale_in_text": lambda q: ([f"{s} {q['scale']}" for s in spans_of(q)], ""),
    "scale_twice": each(lambda s: s + " million"),
    "first_words": each(lambda s: " ".join(s.split(" ")[: (len(s.split(" ")) + 1) // 2])),
    "turned_words": each(lambda s: " ".join(s.split(" ")[::-1])),
    "first_span": lambda q: (spans_of(q)[:1], q["scale"]),
    "extra_span": lambda q: ([*spans_of(q), "other income of 12"], q["scale"]),
    "doubled": lambda q: (spans_of(q) + spans_of(q), q["scale"]),
    "joined": lambda q: ([", ".join(spans_of(q))], q["scale"]),
    "sentence": lambda q: ([f"The answer is {' and '.join(spans_of(q))}."], q["scale"]),
    "nothing": lambda q: ([], q["scale"]),
    "empty_span": lambda q: ([""], q["scale"]),
    "capitals": each(lambda s: s.upper()),
    "minus_sign": each(lambda s: s.replace("-", "\u2212")),
    "no_break_space": each(lambda s: s.replace(" ", "\u00a0")),
    "wide_digits": each(lambda s: "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" else c for c in s)),
    "number_words": each(words_only),
    "dollar": each(lambda s: "$" + s),
    "commas_gone": each(lambda s: s.replace(",", "")),
    "punctuation": each(lambda s: s.replace(" ", "; ")),
    "articles": each(lambda s: "the " + s.replace(" ", " an ")),
    "line_breaks": each(lambda s: s.replace(" ", "\n")),
    "refusal": lambda q: (["The table does not say."], ""),
}

WORDS = (
    "net sales of the a An THE revenue U.S. long-term e.g. (loss) co's company’s naïve ÉTÉ straße - -- _ *bold* "
    "million thousand percent % $ hundred billions İ ½ ² Ⅷ a/b don't the-end nan inf Infinity None"
).split(" ")
NUMBERS = (
    "0 -0 -0.0 0.0 5 12 -12 +7 1,234 1234 (12) (12.5) (1,234) $(9.8) -(5) (-5) 12% (12)% (12%) -3.5% $1,496.5 $1496.50 "
    ".5 -.5 5. 1e5 1E-3 1_000 0.03125 0.125 0.375 2.675 1.005 0.00005 -0.00001 0.2342 23.42 99.995 1234567.891 "
    "123456789012345678901 1e400 9007199254740993 10000000000000000.5 ٣٤ ３.５ 12.5.3 1,2,3 2019 2018 \u221212 –5 £3 €4.5 ¥100 "
    "[7] '8' \"9\" 3rd 10-K 0.5% 0.005 50 100%"
).split(" ")
GAPS = [" ", " ", " ", " ", "  ", "\t", "\n", "\u00a0", "\u3000", "\ufeff", ", ", "; ", "\u0085", "\u001c"]


def invented_span(rng):
    size = rng.choice([0, 1, 1, 1, 2, 2, 3, 5])
    parts = []
    for _ in range(size):
        parts.append(rng.choice(NUMBERS if rng.random() < 0.55 else WORDS))
        parts.append(rng.choice(GAPS))
    return "".join(parts[:-1]) if rng.random() < 0.9 else "".join(parts)


def changed(rng, span):
    """A span like another one."""
    tokens = span.split(" ")
    change = rng.randrange(8)
    if change == 0:
        rng.shuffle(tokens)
    elif change == 1:
        tokens = tokens[1:]
    elif change == 2:
        tokens.append(rng.choice(WORDS))
    elif change == 3:
        tokens = [token.upper() for token in tokens]
    elif change == 4:
        return span.replace(",", "")
    elif change == 5:
        return span + rng.choice(["%", " million", " thousand", " percent", ".", ".0", ".00"])
    elif change == 6:
        return rng.choice(["$", "-", "(", "the "]) + span
    return " ".join(tokens)


def invented_case(rng):
    kind = rng.choice(["span", "span", "multi-span", "multi-span", "arithmetic", "count"])
    scale = rng.choice(SCALES)
    if kind == "count":
        gold = rng.choice([3, "5", 12, "1"])
        answer = rng.choice([str(gold), gold, [str(gold)], f"{gold}.0", f"{gold} items", "0", 0, ""])
    elif kind == "arithmetic":
        gold = rng.choice([12, 0, -3, 0.5, 23.42, 1234567.89, 0.03, -12.345, 1e-5, 99.995, 2.675, 100])
        value = text(gold)
        answer = rng.choice(
            [gold, value, [value], value + "%", f"${value}", text(gold / 100), f"{value} {scale}", f"({value})", gold + 0.001,
             text(gold * 1000), [value, value], invented_span(rng), [gold], f"{gold:,}"]
        )
    else:
        gold = [invented_span(rng) for _ in range(1 if kind == "span" else rng.randint(2, 4))]
        answer = [changed(rng, span) if rng.random() < 0.5 else span for span in gold]
        if rng.random() < 0.3:
            rng.shuffle(answer)
        if rng.random() < 0.15:
            answer = answer[1:]
        if rng.random() < 0.15:
            answer.append(invented_span(rng))
        if rng.random() < 0.2 and answer:
            answer = answer[0]
    said = scale if rng.random() < 0.65 else rng.choice([*SCALES, "Millions", "none"])
    return {"answer_type": kind, "answer": gold, "scale": scale}, answer, said


def write_lines(name, values):
    lines = [json.dumps(value, separators=(",", ":")) + "\n" for value in values]
    Path(__file__).with_name(name).write_text("".join(lines))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("evaluation", type=Path, help="folder with tatqa_metric.py and tatqa_utils.py")
    parser.add_argument("data", type=Path)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.evaluation))
    from tatqa_metric import TaTQAEmAndF1

    def score(gold, answer, scale):
        meter = TaTQAEmAndF1()
        # The counts know only the scales of the data set; others would stop the official code.
        meter.scale_correct_count = {**meter.scale_correct_count, scale: 0}
        meter(gold, answer, scale)
        detail = meter.get_raw()[0]
        return int(detail["em"]), float(detail["f1"]), int(meter._scale_em)

    content = arguments.data.read_bytes()
    questions = [q for context in json.loads(content) for q in context["questions"]]
    kinds = {}
    for kind, make in KINDS.items():
        predictions = [make(question) for question in questions]
        texts = [([text(s) for s in (a if isinstance(a, list) else [a])], scale) for a, scale in predictions]
        listed = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
        scores = [score(q, answer, scale) for q, (answer, scale) in zip(questions, predictions)]
        kinds[kind] = {
            "predictions": hashlib.sha256(listed.encode()).hexdigest(),
            "exact_match": "".join(str(em) for em, _, _ in scores),
            "scale_match": "".join(str(scale) for _, _, scale in scores),
            "f1": [[index, round(f1 * 100)] for index, (em, f1, _) in enumerate(scores) if f1 != em],
        }
        assert all(abs(f1 * 100 - round(f1 * 100)) < 1e-9 for _, f1, _ in scores)
    head = {
        "source": "Scores of answers made from TAT-QA (Zhu et al. 2021), https://github.com/NExTplusplus/TAT-QA, CC BY 4.0",
        "data": hashlib.sha256(content).hexdigest(),
        "questions": len(questions),
    }
    write_lines("tatqa.jsonl", [head, *({"kind": kind, **value} for kind, value in kinds.items())])

    rng = random.Random(7)
    cases, stopped = [], 0
    while len(cases) < 1500:
        gold, answer, scale = invented_case(rng)
        try:
            em, f1, scale_match = score(gold, answer, scale)
        except (TypeError, ValueError, OverflowError, KeyError, AttributeError):
            stopped += 1
            continue
        cases.append([gold["answer_type"], gold["answer"], gold["scale"], answer, scale, em, f1, scale_match])
    write_lines("tatqa-cases.jsonl", cases)
    print(f"{len(questions)} questions, {len(kinds)} kinds, {len(cases)} cases, the official code stopped at {stopped} more")
    for kind, value in kinds.items():
        print(f"{kind:24} em {value['exact_match'].count('1'):5} partial f1 {len(value['f1']):5}")


if __name__ == "__main__":
    main()
