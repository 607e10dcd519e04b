"""Structure, dates and figures of documents in other languages; and a plain word on what is not understood."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from postmortem_actions.core.model import Rca

Read = Callable[[str], Rca]
DOCUMENTS = {
    "German": (
        "# Störung der Suche\n\n- **Datum:** 03.03.2025\n- **Dauer:** 1 Stunde 20 Minuten\n\n## Zusammenfassung\n\nDie Suche war für alle "
        "Kunden nicht erreichbar, und das Team wurde nicht durch einen Alarm geweckt.\n\n## Ursache\n\nDer Index auf docs.owner wurde bei der "
        "Migration nicht angelegt.\n\n## Maßnahmen\n\n- Index auf docs.owner anlegen (@ana, 10.03.2025)\n"
    ),
    "French": (
        "# Panne de la recherche\n\n- **Date:** 3 mars 2025\n- **Durée:** 1 heure 20 minutes\n\n## Résumé\n\nLa recherche était en panne pour "
        "tous les clients et nous n'avons pas été alertés par une alarme.\n\n## Cause racine\n\nL'index sur docs.owner n'a pas été créé dans la "
        "migration des données.\n\n## Plan d'action\n\n- Créer l'index sur docs.owner (@ana, 2025-03-10)\n"
    ),
    "Spanish": (
        "# Caída de la búsqueda\n\n- **Fecha:** 3 de marzo de 2025\n- **Duración:** 1 hora 20 minutos\n\n## Resumen\n\nLa búsqueda estaba caída "
        "para todos los clientes y el equipo no fue avisado por una alarma.\n\n## Causa raíz\n\nEl índice en docs.owner no fue creado con la "
        "migración de los datos.\n\n## Próximos pasos\n\n- Crear el índice en docs.owner (@ana, 2025-03-10)\n"
    ),
    "Portuguese": (
        "# Falha da busca\n\n- **Data:** 3 de março de 2025\n- **Duração:** 1 hora 20 minutos\n\n## Resumo\n\nA busca estava fora do ar para todos "
        "os clientes e não foi avisada por um alarme em uma hora.\n\n## Causa raiz\n\nO índice em docs.owner não foi criado com a migração dos "
        "dados.\n\n## Próximos passos\n\n- Criar o índice em docs.owner (@ana, 2025-03-10)\n"
    ),
    "Italian": (
        "# Guasto della ricerca\n\n- **Data:** 3 marzo 2025\n- **Durata:** 1 ora 20 minuti\n\n## Riepilogo\n\nLa ricerca non era disponibile per gli "
        "utenti e il gruppo non è stato avvisato da una allerta nel tempo.\n\n## Causa principale\n\nIl indice su docs.owner non è stato creato con la "
        "migrazione dei dati.\n\n## Piano d'azione\n\n- Creare l'indice su docs.owner (@ana, 2025-03-10)\n"
    ),
    "Chinese": (
        "# 搜索服务故障\n\n- **日期:** 2025-03-03\n\n## 摘要\n\n搜索服务对所有用户不可用，没有告警通知值班人员。\n\n## 根本原因\n\n迁移时没有创建 docs.owner 的索引。\n\n"
        "## 改进措施\n\n- 为 docs.owner 创建索引 (@ana, 2025-03-10)\n"
    ),
    "Japanese": (
        "# 検索サービスの障害\n\n- **日付:** 2025-03-03\n\n## 概要\n\n検索サービスがすべてのユーザーに対して利用できなくなり、アラートも出ませんでした。\n\n## 根本原因\n\n"
        "移行の際に docs.owner のインデックスが作成されていませんでした。\n\n## 再発防止策\n\n- docs.owner にインデックスを作成する (@ana, 2025-03-10)\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_structure_is_read_and_the_language_is_told(name: str, read: Read) -> None:
    rca = read(DOCUMENTS[name])
    assert rca.incident.date == date(2025, 3, 3)
    assert "docs.owner" in rca.incident.root_causes[0].text
    (action,) = rca.stated_actions
    assert (action.owner, action.due) == ("ana", date(2025, 3, 10))
    if name not in ("Chinese", "Japanese"):
        assert rca.incident.blast_radius.duration is not None
        assert rca.incident.blast_radius.duration.minutes == 80
    (problem,) = [problem for problem in rca.problems if problem.code == "other-language"]
    assert name in problem.message


def test_an_english_document_is_not_taken_for_another(read: Read, corpus: list) -> None:  # type: ignore[type-arg]
    for path in corpus:
        rca = read(path.read_text(encoding="utf-8", errors="replace"))
        assert "other-language" not in {problem.code for problem in rca.problems}, path
