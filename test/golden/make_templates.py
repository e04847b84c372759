"""What Jinja2 writes for templates in the environment of lm-evaluation-harness, and whether it refuses them.

    cd test/golden && python make_templates.py

Made with lm-eval 0.4.13 and Jinja2 3.1. Writes test/golden/templates.json; `npx biome check --write test` lays it out.
"""

import json
from pathlib import Path

from lm_eval.utils import apply_template

FIELDS = {
    "s": "  Hello, Wörld 😀!\n",
    "w": "the quick brown  fox's",
    "e": "",
    "i": 7,
    "neg": -7,
    "f": 2.5,
    "big": 1e22,
    "tiny": 0.00001,
    "third": 1 / 3,
    "t": True,
    "n": None,
    "l": ["b", "A", "c", "it's", 'say "x"'],
    "nums": [3, 1, 2],
    "m": [{"k": "x", "v": 1}, {"k": "y", "v": 2.5}, {"k": "x", "v": None}],
    "d": {"b": 1, "a": [1, "two", None, True], "items": 5},
    "esc": "tab\t nl\n back\\ nul\x00 é \u2028 \u200b",
}
TEMPLATES = """
{{ s }}|{{ s.strip() }}|{{ s | trim }}|{{ s | length }}|{{ s[::-1] }}|{{ s[3:6] }}|{{ s[-3] }}
{{ w.split() }}|{{ w.split(' ') }}|{{ w.split(' ', 1) }}|{{ w.rsplit(' ', 1) }}|{{ w.split(None, 1) }}
{{ w.title() }}|{{ w | title }}|{{ w.capitalize() }}|{{ w | capitalize }}|{{ w.upper() }}
{{ w.replace('q', 'Q') }}|{{ w | replace('o', '0', 1) }}|{{ e.replace('', 'x') }}|{{ 'abc'.replace('', '-') }}
{{ w.find('q') }}|{{ w.find('zz') }}|{{ w.index('b') }}|{{ w.count('o') }}|{{ s.find('!') }}
{{ w.startswith('the') }}|{{ w.endswith(('s', 'x')) }}|{{ w.strip("the s") }}|{{ w.lstrip('t') }}
{{ 'a\\tb' }}|{{ '7'.zfill(3) }}|{{ 'x'.rjust(4, '.') }}|{{ 'x'.ljust(4) }}|{{ '-7'.zfill(4) }}
{{ w.partition(' ') }}|{{ 'a.b'.splitlines() }}|{{ 'prefix'.removeprefix('pre') }}
{{ 'abc'.isdigit() }}|{{ '12'.isdigit() }}|{{ 'a b'.isalpha() }}|{{ ' '.isspace() }}
{{ i }}|{{ neg }}|{{ f }}|{{ big }}|{{ tiny }}|{{ third }}|{{ t }}|{{ n }}|{{ -0.0 }}|{{ 2.0 if false else 1.0 }}
{{ i + f }}|{{ i * 2 }}|{{ i / 2 }}|{{ i // 2 }}|{{ neg // 2 }}|{{ neg % 3 }}|{{ i ** 2 }}|{{ 2 ** -1 }}|{{ f // 1 }}
{{ 'ab' * 3 }}|{{ [1, 2] * 2 }}|{{ l + ['z'] }}|{{ 'a' ~ 1 ~ none ~ true ~ 1.5 }}
{{ 1 == 1.0 }}|{{ '1' == 1 }}|{{ true == 1 }}|{{ [1] == [1.0] }}|{{ none == false }}|{{ d == d }}
{{ 1 < 2 }}|{{ 'a' < 'b' }}|{{ [1, 2] < [1, 3] }}|{{ 'b' in l }}|{{ 'z' not in l }}|{{ 'ell' in s }}|{{ 'a' in d }}
{{ l }}|{{ nums }}|{{ m }}|{{ esc }}|{{ [esc] }}
{{ l | join(', ') }}|{{ nums | join }}|{{ m | map(attribute='k') | join('/') }}|{{ m | join('-', attribute='k') }}
{{ l | sort }}|{{ l | sort(case_sensitive=true) }}|{{ nums | sort(reverse=true) }}|{{ m[:2] | sort(attribute='v', reverse=true) }}
{{ l | first }}|{{ l | last }}|{{ l | reverse | list }}|{{ 'abc' | reverse }}|{{ l | length }}|{{ nums | sum }}|{{ nums | max }}|{{ nums | min }}
{{ ['a', 'A', 'b'] | unique | list }}|{{ nums | map('string') | list }}|{{ l | map('upper') | list }}
{{ m | selectattr('k', 'equalto', 'x') | list | length }}|{{ m | rejectattr('v', 'none') | list | length }}|{{ nums | select('odd') | list }}
{{ d.a }}|{{ d['items'] }}|{{ d.get('zz', 'no') }}|{{ d.get('zz') }}|{{ d.keys() | list }}|{{ d.items() | list }}
{{ f | round }}|{{ third | round(3) }}|{{ 3.5 | round | int }}|{{ 2.675 | round(2) }}|{{ f | int }}|{{ '3.7' | int }}|{{ 'x' | int(9) }}|{{ '2.5' | float }}|{{ i | float }}
{{ n or 'none' }}|{{ e or 'empty' }}|{{ n | default('d') }}|{{ zz | default('d') }}|{{ e | default('d', true) }}|{{ t and i }}
{{ n is none }}|{{ zz is defined }}|{{ s is string }}|{{ i is number }}|{{ d is mapping }}|{{ l is sequence }}|{{ i is odd }}|{{ f is integer }}|{{ n is not none }}
{{ i if t else 0 }}|{{ 'y' if n else 'z' }}|{{ not t }}|{{ not n and not e }}
{{ d | tojson }}|{{ w | tojson }}|{{ '<é>' | tojson }}
{{ w | wordcount }}|{{ 'a\\nb' | indent(2) }}|{{ 'a\\nb' | indent(2, true) }}|{{ (1, 2) }}|{{ {'k': 1} }}
{% for x in nums %}{{ loop.index }}{{ x }}{% if not loop.last %},{% endif %}{% endfor %}|{% for x in [] %}a{% else %}none{% endfor %}
{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k in d %}{{ k }}{% endfor %}{% for c in 'ab' %}<{{ c }}>{% endfor %}
{% set x = 1 %}{% for y in nums %}{% set x = y %}{% endfor %}{{ x }}{% set a, b = 1, 2 %}{{ a }}{{ b }}
{% macro row(a, b='z') %}[{{ a }}{{ b }}]{% endmacro %}{{ row(1) }}{{ row(1, 2) }}{{ row(b=3, a=4) }}
{% if i > 5 %}  big {% elif i %} small {% else %} none {% endif %}|{%- if n %} x {%- endif %} end
{% filter upper %}abc{% endfilter %}{# gone #}|{{ range(3) | list }}|{{ range(5, 0, -2) | list }}
{{ zz }}
{{ d.zz }}
{{ d.a.b.c }}
{{ zz.a }}
{{ l[9] }}
{{ 'x' + 1 }}
{{ n + 1 }}
{{ 1 / 0 }}
{{ l.index('zz') }}
{{ 'a' < 1 }}
{{ i if n }}
{% for x in zz %}{% endfor %}
{% if zz %}{% endif %}
{{ w | nofilter }}
{{ zz == 1 }}
""".strip().split("\n")

results = []
for template in TEMPLATES:
    for part in template.split("|") if template.count("}}|{{") and "%" not in template and "| " not in template else [template]:
        try:
            results.append([part, apply_template(part, FIELDS)])
        except Exception:
            results.append([part, None])
Path("templates.json").write_text(json.dumps({"fields": FIELDS, "results": results}, ensure_ascii=False, indent=1) + "\n")
