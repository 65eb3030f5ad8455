"""What the model is told: versioned templates, untrusted words in envelopes, a budget of tokens.

Templates are files under `templates/<version>`; a change of words is a new version, so that a recorded prompt says
which one it came from. This part makes messages of a context and knows no model.
"""

from vibex.agent.prompt.answer_form import answer_schema
from vibex.agent.prompt.envelope import untrusted
from vibex.agent.prompt.sections import DROP_ORDER
from vibex.agent.prompt.writer import TEMPLATES, Prompt, PromptWriter

__all__ = ["DROP_ORDER", "TEMPLATES", "Prompt", "PromptWriter", "answer_schema", "untrusted"]
