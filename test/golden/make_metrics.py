"""Makes metrics.json: what the reference implementations of the metrics give for varied answers.

    pip install sacrebleu==2.6.0 rouge-score==0.1.2 scikit-learn==1.9.1 lm-eval==0.4.13 nltk==3.10.4
    python test/golden/make_metrics.py && npx biome check --write test

sacreBLEU gives BLEU, chrF and the tokens of 13a, rouge_score ROUGE-L, NLTK the stems, scikit-learn the figures of
classifications and the calibration curve, lm-evaluation-harness acc, acc_norm, Brier score, perplexities, bits per byte and
counts of words. All texts were written for this script or are drawn from its lists.
"""

import json
import random
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy
from lm_eval.api import metrics as harness
from lm_eval.api.task import ConfigurableTask, PerplexityTask
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

PACKAGES = ["sacrebleu", "rouge_score", "nltk", "scikit-learn", "lm_eval", "numpy"]

PAIRS = [
    ("Net sales rose by 12.4% to $1,496.5 million.", "Net sales increased 12.4% to $1,496.5 million."),
    ("Net sales rose by 12.4% to $1,496.5 million.", "Net sales rose by 12.4% to $1,496.5 million."),
    ("", "The company has no debt."),
    ("The company has no debt.", ""),
    ("", ""),
    ("   ", "\n\t"),
    ("yes", "yes"),
    ("yes", "no"),
    ("no", "no, because the trial was stopped early"),
    ("the the the the the the the", "the cat is on the mat"),
    ("the cat is on the mat mat mat", "the cat the cat on the mat"),
    ("It is a guide to action which ensures that the plan is kept.", "It is a guide to action that makes sure the plan is kept."),
    ("...!!! ??? -- === ~~~ ^^^ ``` ''' \"\"\" $$ <<>> ||", "...! ? -- == ~ ^ ` ' \" $ <> |"),
    ("a,b;c:d/e(f)[g]{h}<i>@j#k%l&m*n+o=p|q\\r_s", "a, b; c: d / e (f) [g] {h} <i> @ j # k % l & m * n + o = p | q \\ r _ s"),
    ("1,234.56 and 1, 234. 56 or .5 and 5. or ,5", "1,234.56 and 1,234.56 or 0.5 and 5 or 5"),
    ("2019-2020, 10-K, 5-year, -3, (3), 3-", "2019 - 2020, 10 - K, five-year, -3, (3), 3 -"),
    ("&quot;Ja&quot; &amp; &lt;nein&gt; &amp;lt; &amp;amp;", "\"Ja\" & <nein> &lt; &amp;"),
    ("a <skipped> b<skipped>c", "a b c"),
    ("hyphen-\nated line\nbreaks\r\nand more-\n", "hyphenated line breaks and more-"),
    ("trailing hyphen-\n", "trailing hyphen-"),
    ("Die Größe der Äpfel überraschte Frau Müller-Lüdenscheidt.", "Die Grösse der Äpfel überraschte Frau Müller."),
    ("日本語のテキストです。", "日本語の文章です。"),
    ("Выручка выросла на 5 % за год.", "Выручка за год выросла на 5%."),
    ("بلغت الإيرادات ١٢٣ مليون", "بلغت الإيرادات 123 مليون"),
    ("😀😃 up 5%! 👨‍👩‍👧‍👦.", "😀 up 5 %! 👨‍👩‍👧‍👦."),
    ("😀.😃,5", "😀 . 😃 , 5"),
    ("İstanbul KELVIN K ﬁne ß ς Σ", "istanbul kelvin k fine ss σ σ"),
    ("zero\u200bwidth no\u00a0break thin\u2009space ideographic\u3000space\u0085next\u001cfile", "zero width no break thin space ideographic space next file"),
    ("\ufeffbyte order mark", "byte order mark"),
    ("tabs\tand   many    spaces ", " tabs and many spaces"),
    ("e\u0301t\u00e9", "\u00e9te\u0301"),
    ("Running runners ran easily and relationally through organizations.", "The runner runs with ease in a relational organization."),
    ("The conditions were conditionally reconditioned.", "Condition: conditional reconditioning!"),
    ("The gas bus has its say.", "the ga bu ha it sai"),
    ("don't can't won't it's John's", "do not cannot will not it is of John"),
    ("U.S. GAAP vs. I.F.R.S. e.g. i.e. p.m.", "US GAAP versus IFRS, for example"),
    ("A", "a"),
    ("ab", "abc"),
    ("abcdef", "abcdefg"),
    ("x" * 300, "x" * 200),
    ("one two three four five six seven eight nine ten", "ten nine eight seven six five four three two one"),
    ("| Year | Revenue |\n|---|---:|\n| 2019 | (987.6) |", "Year Revenue 2019 (987.6)"),
    ("The patient's HbA1c fell from 8.1% to 6.9% (p<0.001; n=412).", "HbA1c fell from 8.1 % to 6.9 % in the patients (n = 412, p < 0.001)."),
]

MULTIPLE = [
    ("the trial was stopped early", ["yes", "The trial was stopped.", "trial stopped early for harm"]),
    ("increased revenues", ["revenue increases", "higher revenue"]),
    ("", ["a", "b"]),
    ("Figure 1,000", ["1000", "figure 1 000"]),
]

VOCABULARY = (
    "the of and to a in is that net sales revenue income loss cash flow asset liability equity share quarter year patient "
    "trial dose effect placebo court claim contract party breach was were has have increased decreased remained higher "
    "lower than from by per cent 12.4% $1,496.5 (3.2) -7 2019 2020 Größe naïve 日本 выручка 😀 don't U.S. e.g. and/or"
).split()
MARKS = ["", "", "", "", ",", ".", ";", ":", "!", "?", ")", "-", "\n"]

WORDS = (
    "sky skies dying lying tying news innings inning outings outing cannings canning howe proceed exceed succeed proceeding "
    "caresses ponies ties dies flies caress cats gas this bus sses ies feed agreed agreement plastered bled motoring sing "
    "conflated troubled sized hopping tanned falling hissing fizzed failing filing spied died tried relied happy sky spy "
    "fly try enjoy enjoyment buy say yyyy yyy y yes syzygy toy employ relational conditional rational valenci hesitanci "
    "digitizer conformably radically differently vilely analogously vietnamization predication operator feudalism "
    "decisiveness hopefulness callousness formality sensitivity sensibility usefully geologi geology archaeology theology "
    "apology triplicate formative formalize electricity electrical hopeful goodness revival allowance inference airliner "
    "gyroscopic adjustable defensible irritant replacement adjustment dependent adoption homologous communism activate "
    "angularity effective bowdlerize probate rate cease controlling roll rolled controll ally rally totally finally really "
    "national international organization organizations organisational generalization oscillators oscillate multidimensional "
    "characterization depreciation amortization liabilities receivables payables inventories equities securities "
    "derivatives hedging hedged earnings earning earned dividends diluted dilution acquisitions impairment impaired "
    "provisions provisional restated restating goodwill intangible intangibles taxation deferred deferral leases leased "
    "leasing borrowings borrower covenants patients randomized randomised placebo efficacy toxicity toxicities metastases "
    "metastatic diagnoses diagnosis diagnostic prognosis prognostic therapies therapy therapeutic indemnification "
    "indemnify liability liable negligence negligent jurisdiction plaintiffs defendants testify testified testimony "
    "abilities ability able unable agreeing agrees being been seeing seen using used uses use ion ions onion union "
    "passion session motion action ment cement element ement ents accents eed weed speed ing king ring string bring thing "
    "ed red bed shed fled sled need needed needing ied iedx tied untied xied at bat bats batted batting iz quiz quizzed "
    "bl able abled fully beautifully carefully logically logistic logi alli dalli ational nationalli ousness ful fuls ness "
    "abc1ing 10ing 2019s q4s 3ed 12ies yay yayed ayies eyeing eyed aye a1y b2y kkly oily daily weekly yearly hourly "
    "controlled labelled labeled travelling traveling skiing skied vying eying hoeing canoeing "
    "sss ssss ss us is as possess possesses possessing process processes processed success successes focusses focus"
).split()


def texts(rng: random.Random) -> list[tuple[str, str]]:
    """The pairs above and drawn ones, of which the answer is a changed reference."""
    drawn = []
    for length in [3, 5, 8, 13, 21, 34, 55, 89, 144] * 4:
        wanted = [rng.choice(VOCABULARY) + rng.choice(MARKS) for _ in range(length)]
        said = [rng.choice(VOCABULARY) if rng.random() < 0.2 else word for word in wanted if rng.random() > 0.15]
        if rng.random() < 0.3:
            start = rng.randrange(len(said) + 1)
            said = said[start:] + said[:start]
        drawn.append((" ".join(said), " ".join(wanted)))
    return PAIRS + drawn


def overlap(rng: random.Random, pairs: list[tuple[str, str]]) -> dict:
    plain, stemmed = RougeScorer(["rougeL"]), RougeScorer(["rougeL"], use_stemmer=True)
    tokenize = Tokenizer13a()

    def rouge(scorer, said, wanted):
        return scorer.score_multi(wanted, said)["rougeL"].fmeasure

    groups = [[index] for index in range(len(pairs))] + [list(range(len(pairs)))]
    groups += [sorted(rng.sample(range(len(pairs)), size)) for size in (2, 3, 5, 10, 20, 40) for _ in range(4)]
    corpora = []
    for group in groups:
        said = [pairs[index][0] for index in group]
        wanted = [[pairs[index][1] for index in group]]
        corpora.append(
            {
                "pairs": group,
                "bleu": BLEU().corpus_score(said, wanted).score,
                "chrf": CHRF().corpus_score(said, wanted).score,
            }
        )
    return {
        "pairs": [
            {
                "answer": said,
                "reference": wanted,
                "words_13a": tokenize(said.rstrip()).split(),
                "rouge_l": rouge(plain, said, [wanted]),
                "rouge_l_stemmed": rouge(stemmed, said, [wanted]),
            }
            for said, wanted in pairs
        ],
        "references": [
            {
                "answer": said,
                "references": wanted,
                "rouge_l": rouge(plain, said, wanted),
                "rouge_l_stemmed": rouge(stemmed, said, wanted),
            }
            for said, wanted in MULTIPLE
        ],
        "corpora": corpora,
        "stems": {word: PorterStemmer().stem(word) for word in WORDS},
    }


def classifications(rng: random.Random) -> list[dict]:
    """`given` may hold the number of classes, which stands for none of the labels."""
    cases = []
    for classes, items, skill in [(2, 1, 1), (2, 50, 0.7), (3, 200, 0.6), (3, 30, 0.2), (5, 120, 0.5), (4, 9, 0.5), (12, 400, 0.4)]:
        for none in (0, 0.1):
            weights = [rng.random() ** 2 + 0.02 for _ in range(classes)]
            wanted = rng.choices(range(classes), weights, k=items)
            given = [
                classes if rng.random() < none else label if rng.random() < skill else rng.randrange(classes)
                for label in wanted
            ]
            cases.append((classes, wanted, given))
    cases += [
        (3, [0] * 10, [0] * 10),
        (3, [0] * 10, [1] * 10),
        (2, [0, 1] * 5, [0] * 10),
        (2, [1] * 6, [0, 1] * 3),
        (4, [0, 1, 0, 1, 2], [4] * 5),
        (2, [0, 1, 1, 0], [1, 0, 0, 1]),
    ]
    return [
        {
            "labels": [f"class {chr(97 + index)}{index}" for index in range(classes)],
            "wanted": wanted,
            "given": given,
            "label_accuracy": accuracy_score(wanted, given),
            "macro_f1": f1_score(wanted, given, average="macro", labels=range(classes), zero_division=0),
            "weighted_f1": f1_score(wanted, given, average="weighted", labels=range(classes), zero_division=0),
            "mcc": matthews_corrcoef(wanted, given),
        }
        for classes, wanted, given in cases
    ]


def choices(rng: random.Random) -> list[dict]:
    """Sets of questions with one number of choices each, scored by the harness's own code."""
    texts = ["yes", "no", "maybe", "net income", "Größe", "日本語", "😀 up", "a much longer choice that says more", "x"]
    cases = []
    for count, items, spread in [(2, 30, 3), (3, 60, 1.5), (4, 40, 8), (5, 20, 0.2), (9, 20, 30)]:
        questions = []
        for _ in range(items):
            shown = rng.sample(texts, count)
            likelihoods = [-rng.expovariate(1 / spread) * len(text) ** 0.5 for text in shown]
            questions.append((shown, likelihoods, rng.randrange(count)))
        questions.append((shown, [-1.5] * count, 0))
        questions.append((shown, [-900.0, *[-1.0] * (count - 1)], 1))
        harness_items, lines, confidences = [], [], []
        for shown, likelihoods, right in questions:
            task = SimpleNamespace(
                config=SimpleNamespace(process_results=None),
                _metric_fn_list=dict.fromkeys(["acc", "acc_norm", "brier_score"]),
                OUTPUT_TYPE="multiple_choice",
                doc_to_choice=lambda _, shown=shown: shown,
                doc_to_target=lambda _, right=right: right,
                multiple_input=False,
                multiple_target=False,
            )
            scores = ConfigurableTask.process_results(task, {}, [(value, False) for value in likelihoods])
            harness_items.append(scores["brier_score"])
            confidences.append(max(scores["brier_score"][1]))
            lines.append(
                {
                    "choices": shown,
                    "likelihoods": likelihoods,
                    "right": right,
                    "accuracy": scores["acc"],
                    "accuracy_norm": scores["acc_norm"],
                }
            )
        right = [line["accuracy"] for line in lines]
        cases.append(
            {
                "questions": lines,
                "brier_score": harness.brier_score(harness_items),
                "expected_calibration_error": {bins: calibration_error(right, confidences, bins) for bins in (5, 10, 15)},
            }
        )
    return cases


def calibration_error(right: list[float], confidences: list[float], bins: int) -> float:
    shares, means = calibration_curve(right, confidences, n_bins=bins, strategy="uniform")
    edges = numpy.linspace(0, 1, bins + 1)
    counts = numpy.bincount(numpy.searchsorted(edges[1:-1], confidences), minlength=bins)
    return float(numpy.sum(numpy.abs(shares - means) * counts[counts > 0]) / len(right))


def likelihoods(rng: random.Random, all_texts: list[str]) -> list[dict]:
    """`text` is the number of a pair, whose reference is the text."""
    cases = []
    for size in (1, 1, 2, 5, len(all_texts)):
        lines = []
        for number in rng.sample(range(len(all_texts)), size):
            tokens = max(1, len(all_texts[number]) // 4)
            size_in_bytes = PerplexityTask.count_bytes(all_texts[number])
            lines.append({"text": number, "tokens": tokens, "bytes": size_in_bytes, "nats": -tokens * rng.uniform(0.5, 4)})
        nats = [line["nats"] for line in lines]
        words = [PerplexityTask.count_words(all_texts[line["text"]]) for line in lines]
        sizes = [line["bytes"] for line in lines]
        tokens = [line["tokens"] for line in lines]
        if sum(sizes) > 0:
            cases.append(
                {
                    "texts": lines,
                    "perplexity": harness.weighted_perplexity(list(zip(nats, tokens))),
                    "word_perplexity": harness.weighted_perplexity(list(zip(nats, words))),
                    "bits_per_byte": harness.bits_per_byte(list(zip(nats, sizes))),
                }
            )
    return cases


def main() -> None:
    pairs = texts(random.Random(0))
    golden = {
        "versions": {package: version(package) for package in PACKAGES},
        "overlap": overlap(random.Random(1), pairs),
        "classifications": classifications(random.Random(2)),
        "choices": choices(random.Random(3)),
        "likelihoods": likelihoods(random.Random(4), [wanted for _, wanted in pairs]),
    }
    text = json.dumps(golden, ensure_ascii=True, separators=(",", ":"), default=float)
    Path(__file__).with_name("metrics.json").write_text(f"{text}\n")


if __name__ == "__main__":
    main()
