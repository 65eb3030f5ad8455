"""What would a model do? Context, prompt, answer, memory; and a baseline that decides without one.

Every maker here turns the present state into `Decision`s, which are wishes. Must not know venues, SQL, or what becomes
of a wish: facts come through the Protocols of `context.sources`, models through `vibex.llm`. What a model says is
untrusted, and reaches nothing but through `sanitize`.
"""
