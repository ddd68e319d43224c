// Reading ONNX models: from a file to a typed graph, and the sessions that run it.
export { elements, FileConstant, integerConstant, integersOf, MemoryConstant } from "./constants.ts";
export { Attributes, type AttributeValue, GraphNode, type NodeParts } from "./GraphNode.ts";
export { readGraph } from "./readGraph.ts";
export { GraphSession, type RuntimeTensor } from "./runtime.ts";
export {
  type Constant,
  type ConstantData,
  type GraphOutput,
  type GraphTensor,
  isFloat,
  type ModelGraph,
  type ModelSource,
  type OnnxDType,
  type ReadGraphOptions,
  type RuntimeModel,
} from "./types.ts";
