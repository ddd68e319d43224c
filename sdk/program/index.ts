// @assay/sdk/program: graph, grammar, operators, reference executor, traces and openings. Pure: no input or output.
export {};
