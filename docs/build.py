"""Build the documentation as HTML: the pages of docs/, and the API reference from docstrings. A warning is an error.

    pip install -e ".[train,docs]"
    python docs/build.py [FOLDER]        # default: site/

pdoc and no larger generator: it brings four packages, and the pages are plain Markdown, which GitHub shows without it.
"""

import html
import importlib
import inspect
import pathlib
import re
import shutil
import sys
import types
import warnings

DOCS = pathlib.Path(__file__).resolve().parent
PAGES = {
    "index": "Overview",
    "tutorial": "Tutorial",
    "predict": "Predict",
    "web": "The page",
    "explain": "Explain",
    "model_card": "Model card",
    "data": "Data",
    "training": "Training",
    "protocol": "Protocol",
    "ensemble": "The ensemble",
    "add_a_paper": "Add a paper",
    "add_a_dataset": "Add a data set",
    "add_a_backbone": "Add a backbone",
    "add_a_metric": "Add a metric",
    "glossary": "Glossary",
}
"""{page: its name in the menu}, in the order of the menu."""

MODULES = ("fer_keras", "fer_keras.layers")
ARGUMENT = re.compile(r"\*{0,2}(\w+(?:, \w+)*): ")
LINK = re.compile(r'<a href="(?!https?:)([^"]*)">(.*?)</a>', re.DOTALL)


def main(folder: pathlib.Path) -> int:
    """Write the documentation into `folder`, made anew; return 1 when anything was wrong, and say what."""
    import pdoc

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    reference = [module_of(name) for name in MODULES]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        modules = {name: pdoc.doc.Module(module) for name, module in zip(MODULES, reference, strict=True)}
        write(folder, modules)
    problems = [str(warning.message) for warning in caught]
    problems += [problem for module in reference for problem in undocumented(module)]
    problems += broken_links(folder)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    print(f"{len(PAGES)} pages and the reference of {len(MODULES)} modules in {folder}: {len(problems)} problems")
    return 1 if problems else 0


def module_of(name: str) -> types.ModuleType:
    """Return the module with all its public names loaded: those of `fer_keras` come when they are asked for."""
    module = importlib.import_module(name)
    for public in module.__all__:
        getattr(module, public)
    return module


def write(folder: pathlib.Path, modules: dict) -> None:
    """Write every page and every module's reference."""
    from pdoc import render

    render.configure(docformat="google", search=False, show_source=False, template_directory=DOCS / "template")
    render.env.globals["pages"] = PAGES
    render.env.globals["api"] = MODULES
    for name, module in modules.items():
        target = folder / f"{name.replace('.', '/')}.html"
        target.parent.mkdir(exist_ok=True)
        target.write_text(render.html_module(module, modules), encoding="utf-8")
    template = render.env.get_template("page.html.jinja2")
    for name, title in PAGES.items():
        body = render.to_html((DOCS / f"{name}.md").read_text(encoding="utf-8"))
        text = template.render(title=title, name=name, toc=body.toc_html, body=within_site(body))
        (folder / f"{name}.html").write_text(text, encoding="utf-8")


def within_site(body: str) -> str:
    """Return the page with links to other pages of docs/ as links of the site, and those to the repository as text."""

    def replaced(match: re.Match) -> str:
        target, text = match.groups()
        if target.startswith("../"):
            return text
        file, hash_, place = target.partition("#")
        return f'<a href="{file.removesuffix(".md")}{".html" if file else ""}{hash_}{place}">{text}</a>'

    return LINK.sub(replaced, body)


def undocumented(module: types.ModuleType) -> list[str]:
    """Return what is wrong with the docstrings of the public names: none, or arguments that do not exist."""
    problems = []
    for name in module.__all__:
        value = getattr(module, name)
        for place, each in [(name, value), *methods(name, value)] if callable(value) else []:
            if not inspect.getdoc(each):
                problems.append(f"{module.__name__}.{place} has no docstring")
            documented = documented_arguments(each)
            for argument in sorted(documented - arguments_of(each)) if documented else []:
                problems.append(f"{module.__name__}.{place} documents the argument {argument}, which it has not")
    return problems


def methods(name: str, value: object) -> list[tuple[str, object]]:
    """Return (name, function) of the public methods that a class of the package defines itself; a layer's are Keras's."""
    if not inspect.isclass(value) or value.__module__.startswith("fer_keras.layers"):
        return []
    own = ((key, each) for key, each in vars(value).items() if not key.startswith("_") and inspect.isfunction(each))
    return [(f"{name}.{key}", each) for key, each in own]


def documented_arguments(value: object) -> set[str]:
    """Return the names in the section "Args:" of a docstring."""
    section = (inspect.getdoc(value) or "").partition("\nArgs:\n")[2].partition("\n\n")[0]
    lines = inspect.cleandoc("\n" + section).splitlines()
    return {name for line in lines if (match := ARGUMENT.match(line)) for name in match[1].split(", ")}


def arguments_of(value: object) -> set[str]:
    return set(inspect.signature(value).parameters)


def broken_links(folder: pathlib.Path) -> list[str]:
    """Return each relative link of the site that leads to no file, or to no place in it."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html"))}
    problems = []
    for path, text in texts.items():
        for target in re.findall(r'href="(?!https?:|data:|mailto:)([^"]*)"', text):
            file, _, place = html.unescape(target).partition("#")
            other = (path.parent / file).resolve() if file else path
            if other not in texts or (place and f'id="{place}"' not in texts[other]):
                problems.append(f"{path.relative_to(folder)} links to {target}, which is not there")
    return problems


if __name__ == "__main__":
    raise SystemExit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "site").resolve()))
