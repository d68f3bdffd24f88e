"""``reviewer serve``: the page and the REST API."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.model import BaseUrl, Config, ModelName, PromptsFolder, Replay, model_for
from reviewer.cli.output import complain, is_terminal
from reviewer.configuration import read_configuration
from reviewer.errors import UsageError

_PORT = 8765


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise UsageError(f"--port 要写 0 到 65535 的数，不能是 {text}。")
    return int(text)


@command(
    "打开网页：边写边看问题，上传表格取回批注，看部门的结果。",
    "reviewer serve",
    "reviewer serve --runs 各批次/",
    "reviewer serve --host 0.0.0.0 --port 8080",
    "reviewer serve --llm --model qwen-max",
    "reviewer serve --llm --replay cassettes/huangpu-2023",
    details="默认只有本机能打开。写了别的 --host 或 --allow-host 时，来访的人要输入口令（--token，不写就生成一个）。\n"
    "没有账户：有口令的人看到的都一样。要给很多人用，请放在反向代理后面，见 docs/web.md。按 Ctrl-C 停止。",
)
def serve(
    host: Annotated[str, typer.Option(metavar="地址", help="在哪个地址上打开，默认只有本机。")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(parser=_port, metavar="端口", help=f"默认 {_PORT}；0 是任意空闲的端口。")
    ] = None,
    token: Annotated[str | None, typer.Option(metavar="口令", help="来访的人要输入的口令，至少 16 个字符。")] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", metavar="名称", help="反向代理用的域名，可以写多次。")
    ] = None,
    runs: Annotated[
        Path | None, typer.Option(metavar="文件夹", help="里面有 bulk 的批次（--run 的文件夹），网页上可以看。")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="打开后启动浏览器。")] = True,
    llm: Annotated[bool, typer.Option("--llm", help="网页上可以请模型判断；每次先说明费用。")] = False,
    model: ModelName = None,
    base_url: BaseUrl = None,
    prompts: PromptsFolder = None,
    replay: Replay = None,
    config: Config = None,
) -> int:
    """Serve the page until interrupted."""
    try:
        from reviewer.web import serve as server
        from reviewer.web.site import Site
    except ModuleNotFoundError as error:
        raise UsageError(f"网页需要的 {error.name} 没有安装。请运行 pip install 'reviewer[web]'。") from error
    if runs is not None and not runs.is_dir():
        raise UsageError(f"--runs {runs} 不是文件夹。")
    configuration = read_configuration(config)
    flags = {"model": model, "base_url": base_url, "prompts_dir": prompts}
    asked = model_for(llm, False, flags, configuration, record=None, replay=replay, dry_run=False)
    options = configuration.options(select=[], ignore=[], year=None)
    site, shown = server.opened_to(Site(runs=runs, options=options, llm=asked), host, token, allow_host or [])
    listener = server.listening(host, _PORT if port is None else port)
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{listener.getsockname()[1]}/"
    complain(f"网页在 {address}")
    if shown is not None:
        complain(f"别的电脑也能打开。口令：{shown}\n内容不加密传送，请只在内网使用，或放在有 HTTPS 的反向代理后面。")
    complain("按 Ctrl-C 停止。")
    if browser and is_terminal(sys.stderr):
        import webbrowser

        webbrowser.open(address)
    server.run(site, listener)
    return 0
