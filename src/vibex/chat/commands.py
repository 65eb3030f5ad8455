"""Words that are commands and no requests, in the languages of the product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from vibex.strategy.author.canonical import spoken

Command = Literal["run", "show", "code", "why", "versions", "open", "help", "quit"]

# Chinese in Simplified characters: what is said is folded to them. Undo and redo are turns of the conversation.
_WORDS: Mapping[Command, tuple[str, ...]] = {
    "run": ("run", "run it", "backtest", "backtest it", "test it", "go", "运行", "回测", "跑", "测试"),
    "show": ("show", "show it", "show me", "show strategy", "show the strategy", "json", "spec", "显示", "看策略"),
    "code": ("code", "show code", "show the code", "show me the code", "python", "script", "代码", "程序"),
    "why": ("why", "explain", "explain it", "为什么", "为甚么", "为何", "解释"),
    "versions": ("versions", "history", "list versions", "版本", "历史"),
    "open": ("open", "open the holdout", "open holdout", "unseal", "开封", "打开保留数据"),
    "help": ("help", "?", "？", "帮助", "说明"),
    "quit": ("quit", "exit", "bye", ":q", "q", "退出", "离开", "再见"),
}
_COMMANDS: Mapping[str, Command] = {word: command for command, words in _WORDS.items() for word in words}


def command_of(text: str) -> Command | None:
    """The command that `text` is, with an optional slash before it; None for everything else."""
    return _COMMANDS.get(spoken(text).removeprefix("/").strip()) or _COMMANDS.get(text.strip().removeprefix("/"))
