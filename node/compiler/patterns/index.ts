// From the nodes of a model to the operations that are lowered.
import type { ModelGraph } from "../graph/types.ts";
import { Plan } from "../plan.ts";
import { planConvolutions } from "./convolutions.ts";
import { absorbIntoEmbedding, fuseEmbedding } from "./embedding.ts";
import { fuseEnsembles } from "./ensembles.ts";
import { fuseLinear } from "./linear.ts";
import { fuseNormalization } from "./normalization.ts";
import { fuseSoftmax } from "./softmax.ts";
import { fuseUnary } from "./unary.ts";

/** What becomes of a Softmax that computes an output of the model. */
function finalSoftmax(plan: Plan, softmax: "keep" | "refuse" | "drop"): void {
  if (softmax === "keep") return;
  for (const operation of plan.operations) {
    const [output = ""] = operation.outputs;
    if (operation.op !== "Softmax" || !plan.isOutput(output) || plan.readers(output).length > 0) continue;
    if (softmax === "refuse")
      operation.node.refuse(
        "a final Softmax is refused by the options",
        "Set the option softmax to keep or drop.",
      );
    plan.renameOutput(output, operation.inputs[0]!);
  }
}

/** Finds what is known as a whole: normalizations, Softmax, embeddings, layers, functions of one number. */
export function planOf(graph: ModelGraph, softmax: "keep" | "refuse" | "drop" = "keep"): Plan {
  const plan = new Plan(graph);
  fuseEnsembles(plan);
  fuseNormalization(plan);
  fuseSoftmax(plan);
  finalSoftmax(plan, softmax);
  fuseEmbedding(plan);
  fuseLinear(plan);
  planConvolutions(plan);
  fuseUnary(plan);
  absorbIntoEmbedding(plan);
  return plan;
}
