"""Workflows of GitHub Actions as GitLab CI, from YAML to YAML."""

from __future__ import annotations

import yaml

from ..core.artifacts.gitlab import pipeline


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, and no references."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def gitlab_ci(workflow: str, stem: str) -> str | None:
    """The file to include from .gitlab-ci.yml; None where the text is no workflow."""
    try:
        data = yaml.safe_load(workflow)
    except yaml.YAMLError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("jobs"), dict):
        return None
    jobs, remarks = pipeline(data, stem)
    head = [f"# In .gitlab-ci.yml: include: [{{local: .gitlab/ci/{stem}.yml}}]", *(f"# {one}" for one in remarks)]
    return "\n".join(head) + "\n" + yaml.dump(jobs, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=4000)
