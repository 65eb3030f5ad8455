"""The compiled body for plans with parts: resting orders, volume, funding, liquidation, managed positions, state.

`play.play` is its door; `kernel` sends every plan with a part here and plays the plain ones itself, which then neither
compile nor pay for any of this. One file for each step of the row; all of them work on one `World`.
"""
