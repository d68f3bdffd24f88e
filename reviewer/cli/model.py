"""The flags with which a command asks a model, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.configuration import Configuration
    from reviewer.settings import LLM, Settings

ModelName = Annotated[str | None, typer.Option("--model", metavar="名称", help="模型的名称。")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", metavar="地址", help="端点的地址，多数以 /v1 结尾；密钥放在 OPENAI_API_KEY。"),
]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="文件", help="设置和单价，默认是当前文件夹里的 reviewer.toml。")
]
PromptsFolder = Annotated[
    str | None, typer.Option("--prompts", metavar="文件夹", help="用这个文件夹里的同名文件代替自带的提示词。")
]
Record = Annotated[
    Path | None, typer.Option("--record", metavar="文件夹", help="把问答录下来，一个项目一个文件；已录的不再问。")
]
Replay = Annotated[Path | None, typer.Option("--replay", metavar="文件夹", help="只用录下的回答，不要密钥，不联网。")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只说要发多少请求、大约多少 token 和费用，什么也不发。")]
Repeat = Annotated[str | None, typer.Option("--repeat", metavar="N", help="判断 N 遍，看结果稳不稳；默认 1 遍。")]
MaxCost = Annotated[str | None, typer.Option("--max-cost", metavar="金额", help="费用上限，到了就停，可以接着跑。")]
MaxTokens = Annotated[str | None, typer.Option("--max-tokens", metavar="N", help="token 上限，到了就停，可以接着跑。")]
Concurrency = Annotated[str | None, typer.Option("--concurrency", metavar="N", help="最多同时发几个请求，默认 8。")]
Rpm = Annotated[str | None, typer.Option("--rpm", metavar="N", help="每分钟最多几个请求。")]
Tpm = Annotated[str | None, typer.Option("--tpm", metavar="N", help="每分钟最多多少 token。")]


def settings_of(flags: Mapping[str, str | None], configuration: Configuration, replay: Path | None = None) -> Settings:
    """Return the settings that *flags*, by field of ``LLM``, and everything below them come to."""
    from reviewer.settings import load_settings

    if replay is None:
        return load_settings(flags, configuration)
    from reviewer.judging.cassettes import recorded_settings

    return load_settings(flags, configuration, recorded_settings(replay))


def model_for(
    llm: bool,
    offline: bool,
    flags: Mapping[str, str | None],
    configuration: Configuration,
    *,
    record: Path | None,
    replay: Path | None,
    dry_run: bool,
) -> LLM | None:
    """Return the model to ask, or None. Raises ``UsageError`` for flags that do not go together."""
    if llm and offline:
        raise UsageError("--llm 和 --offline 只能写一个。")
    if not llm:
        from reviewer.settings import SPECS

        given = [SPECS[name].flag for name, value in flags.items() if value is not None]
        given += [f"--{name}" for name, value in (("record", record), ("replay", replay)) if value is not None]
        given += ["--dry-run"] if dry_run else []
        if given:
            raise UsageError(f"{'、'.join(given)} 要和 --llm 一起用。")
        return None
    if replay and (record or dry_run):
        raise UsageError(f"--replay 不向模型提问，不能和 {'--record' if record else '--dry-run'} 一起用。")
    return settings_of(flags, configuration, replay).llm(record=record, replay=replay)
