"""Programs that mean harm, or do it: each with the kind of fault that it is, or None where it is merely harmless."""

from __future__ import annotations

from synthtools_stream.programs.program import FaultKind
from synthtools_stream.roles.program_roles import MAX_SOURCE

__all__ = ["HOSTILE", "body", "returning"]

unreadable, raised, garbage = FaultKind.unreadable, FaultKind.raised, FaultKind.garbage
time, memory = FaultKind.time, FaultKind.memory


def body(*lines: str, before: str = "") -> str:
    """Return a program whose function has these lines."""
    return "\n".join([before, "def call(state, arguments, now):", *(f"    {line}" for line in lines), ""])


def returning(value: str, before: str = "") -> str:
    """Return a program that answers one value under `x`."""
    return body(f"return ok({{'x': {value}}})", before=before)


def _imports(module: str) -> str:
    return body("return ok({})", before=f"import {module}")


_FILES = {
    "reads a file": (returning("open('/etc/passwd').read()"), raised),
    "writes a file": (body("with open('/tmp/evil', 'w') as file:", "    file.write('x')", "return ok({})"), raised),
    "imports os": (returning("dict(os.environ)", "import os"), unreadable),
    "imports pathlib": (returning("Path('/etc/passwd').read_text()", "from pathlib import Path"), unreadable),
    "imports a socket": (_imports("socket"), unreadable),
    "imports urllib": (_imports("urllib.request"), unreadable),
    "starts a process": (_imports("subprocess"), unreadable),
    "starts a thread": (_imports("threading"), unreadable),
    "imports ctypes": (_imports("ctypes"), unreadable),
    "imports what called it": (_imports("synthtools_stream.programs"), unreadable),
    "imports relatively": (_imports("os").replace("import os", "from . import sandbox"), unreadable),
    "imports inside the function": (body("import sys", "return ok({'x': sys.argv})"), unreadable),
    "imports by name": (returning("__import__('os').getcwd()"), raised),
    "asks somebody": (returning("input()"), raised),
}
_TRICKS = {
    "walks the class tree": (returning("len(().__class__.__bases__[0].__subclasses__())"), raised),
    "reads a helper's globals": (returning("list(ok.__globals__)"), raised),
    "swaps a helper's code": (body("ok.__code__ = fail.__code__", "return ok({})"), raised),
    "hangs something on a helper": (body("ok.hidden = 1", "return ok({})"), raised),
    "alters a shared module": (body("json.dumps = lambda value: '{}'", "return ok({})", before="import json"), raised),
    "alters a shared class": (body("date.x = 1", "return ok({})", before="from datetime import date"), raised),
    "reads frames": (
        body("try:", "    1 / 0", "except ZeroDivisionError as error:", "    return ok({'x': error.__traceback__})"),
        raised,
    ),
    "reads the driver's globals": (returning("helpers"), raised),
    "asks for all globals": (returning("list(globals())"), raised),
    "runs text": (body("exec('y = 3')", "return ok({})"), raised),
    "evaluates text": (returning("eval('1 + 1')"), raised),
    "tells where a value lies": (returning("id(state)"), raised),
    "reads the clock": (returning("str(datetime.now())", "from datetime import datetime"), raised),
    "reads today's date": (returning("str(date.today())", "from datetime import date"), raised),
    "draws at random": (returning("random.random()", "import random"), unreadable),
    "reads a timer": (returning("time.perf_counter()", "import time"), unreadable),
    "sleeps": (body("time.sleep(60)", "return ok({})", before="import time"), unreadable),
}
_SIZES = {
    "loops": (body("while True:", "    pass"), time),
    "loops and swallows all": (
        body(
            *("while True:", "    try:", "        while True:", "            pass"),
            *("    except BaseException:", "        pass"),
        ),
        time,
    ),
    "loops as it is loaded": ("while True:\n    pass\n", time),
    "sums without end": (returning("sum(range(10 ** 15))"), time),
    "grows a list": (body("x = [0]", "while True:", "    x = x + x"), memory),
    "grows a text": (returning("len('a' * 10 ** 10)"), memory),
    "swallows that memory is short": (
        body("try:", "    x = 'a' * 10 ** 10", "except BaseException:", "    pass", "return ok({})"),
        memory,
    ),
    "asks for bytes": (returning("len(bytes(10 ** 9))"), memory),
    "pads a text": (returning("'%10000000000d' % 1"), memory),
    "multiplies a text by replacing": (body("a = 'a' * 100000", "return ok({'x': len(a.replace('a', a))})"), memory),
    "recurses": (body("return call(state, arguments, now)"), raised),
    "recurses and swallows it": (
        body("try:", "    return call(state, arguments, now)", "except BaseException:", "    return ok({})"),
        None,
    ),
    "makes a huge integer": (returning("9 ** 9 ** 9"), memory),
    "shifts far": (returning("1 << 10 ** 12"), memory),
    "returns a long integer": (returning("10 ** 5000"), garbage),
    "reads a long integer": (returning("int('9' * 100000)"), raised),
    "returns deep nesting": (body("x = []", "for _ in range(9999):", "    x = [x]", "return ok({'x': x})"), garbage),
    "nests deeper than a row may": (
        body("x = []", "for _ in range(90):", "    x = [x]", "return ok({'x': x})"),
        garbage,
    ),
    "returns itself": (body("x = []", "x.append(x)", "return ok({'x': x})"), garbage),
    "brackets without end": (returning("[" * 5000 + "]" * 5000), unreadable),
    "minus without end": (returning("-" * 5000 + "1"), unreadable),
    "backtracks": (returning(r"bool(re.match(r'(a*)*\1b', 'a' * 40))", "import re"), raised),
    "repeats in a pattern": (returning("bool(re.match('(a+)+$', 'a' * 40 + 'b'))", "import re"), None),
    "nests a pattern": (returning("re.match('(' * 2000 + 'a' + ')' * 2000, 'a')", "import re"), raised),
    "counts in a pattern": (returning("re.match('((a{1,1000}){1,1000}){1,1000}', 'a')", "import re"), raised),
    "prints too much": (body("for _ in range(1000):", "    print('x' * 1000)"), memory),
    "prints": (body("print('hello')", "return ok({})"), None),
    "answers too much": (returning("'a' * 100_000"), garbage),
    "answers far too much": (returning("'a' * 30_000_000"), garbage),
    "is long": (returning("1") + "#" * MAX_SOURCE, unreadable),
    "raises a long message": (body("raise ValueError('x' * 10 ** 6)"), raised),
    "reckons with huge decimals": (returning("str(Decimal('1e1000000') + 1)", "from decimal import Decimal"), raised),
}
_ANSWERS = {
    "answers NaN": (returning("float('nan')"), garbage),
    "answers infinity": (returning("float('inf')"), garbage),
    "answers nothing": (body("return None"), garbage),
    "answers a list": (body("return [1]"), garbage),
    "answers a pair": (body("return 200, {}"), garbage),
    "answers another status": (body("return {'status_code': 302, 'response': {}}"), garbage),
    "answers true for a status": (body("return {'status_code': True, 'response': {}}"), garbage),
    "answers a list of values": (body("return {'status_code': 200, 'response': []}"), garbage),
    "answers a set": (returning("{1, 2}"), garbage),
    "answers a date": (returning("date(2026, 3, 10)", "from datetime import date"), garbage),
    "answers a function": (body("return lambda: 1"), garbage),
    "answers another key": (body("return {'status_code': 200, 'response': {}, 'more': 1}"), garbage),
    "imagines": (body("return {'status_code': 200, 'response': {}, 'imagined': ['x']}"), garbage),
    "makes no change that there is": (body("return ok({}, [{'op': 'burn'}])"), garbage),
    "is a coroutine": ("async def call(state, arguments, now):\n    return ok({})\n", garbage),
    "is a generator": (body("yield 1"), unreadable),
    "has no call": ("x = 1\n", unreadable),
    "has no function": ("call = 3\n", raised),
    "takes too little": ("def call(state):\n    return ok({})\n", raised),
    "is no Python": ("def call(state, arguments, now)\n    return\n", unreadable),
    "is empty": ("", unreadable),
    "holds a null byte": (returning("1") + "\0", unreadable),
    "holds half a character": (returning("'\ud800'"), unreadable),
    "answers half a character": (returning(r"'\ud800'"), None),
    "raises as it is loaded": ("raise ValueError('at once')\n", raised),
    "raises the base of all": (body("raise BaseException('x')"), raised),
    "leaves": (body("raise SystemExit(3)"), raised),
    "interrupts": (body("raise KeyboardInterrupt()"), raised),
    "pretends that time is up": (body("raise TimeoutError('mine')"), raised),
    "pretends that memory is short": (body("raise MemoryError('mine')"), raised),
}

HOSTILE: dict[str, tuple[str, FaultKind | None]] = {**_FILES, **_TRICKS, **_SIZES, **_ANSWERS}
