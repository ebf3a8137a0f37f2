"""A whole node in one thread, on a clock and in an order drawn by lot."""

import common


def simulation(cycles, seed, report):
    return common.run_rounds("simulation_tests", "[simulation]", cycles, seed, report, 100)


SCENARIOS = {"simulation": simulation}
PR_CYCLES = {"simulation": 200}
