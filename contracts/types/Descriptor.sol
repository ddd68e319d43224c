// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A tensor's type and layout.
/// @dev Element (i_0, i_1, …) is number Σ i_a · strides[a] in the tensor's bytes.
struct Geometry {
    uint256 dtype;
    uint256 elements;
    uint256[] dims;
    uint256[] strides;
    bool rowMajor;
    uint256 start; // its encoding in the descriptor's bytes
    uint256 end;
}

/// @notice What a step reads: an earlier slot, bytes of the input, or a constant.
struct Operand {
    uint256 source;
    uint256 index; // slot, byte offset in the input, or number of the constant
    Geometry geometry;
}

/// @notice One op of a program, read from its canonical bytes.
struct Descriptor {
    uint256 opcode;
    Geometry out;
    Operand[] operands;
    int256[] attributes;
}

/// @notice Codes in a geometry.
library DType {
    uint256 internal constant U8 = 1;
    uint256 internal constant I8 = 2;
    uint256 internal constant I32 = 3;
    uint256 internal constant I64 = 4;
    uint256 internal constant I16 = 5;
    uint256 internal constant U16 = 6;
    uint256 internal constant U32 = 7;
    uint256 internal constant U64 = 8;
    uint256 internal constant BOOL = 9; // one byte, 0 or 1
}

/// @notice Codes of an operand's source.
library Source {
    uint256 internal constant SLOT = 0;
    uint256 internal constant INPUT = 1;
    uint256 internal constant CONSTANT = 2;
}

/// @notice Codes of operator set 1.
library Opcode {
    uint256 internal constant MAT_MUL_INTEGER = 1;
    uint256 internal constant CONV_INTEGER = 2;
    uint256 internal constant ADD = 3;
    uint256 internal constant DIV = 4;
    uint256 internal constant CLIP = 5;
    uint256 internal constant CAST = 6;
    uint256 internal constant MAX_POOL = 7;
    uint256 internal constant RESHAPE = 8;
    uint256 internal constant ARG_MAX = 9;
    uint256 internal constant SUB = 10;
    uint256 internal constant MUL = 11;
    uint256 internal constant MOD = 12;
    uint256 internal constant MIN = 13;
    uint256 internal constant MAX = 14;
    uint256 internal constant BIT_SHIFT = 15;
    uint256 internal constant BITWISE_AND = 16;
    uint256 internal constant BITWISE_OR = 17;
    uint256 internal constant BITWISE_XOR = 18;
    uint256 internal constant EQUAL = 19;
    uint256 internal constant LESS = 20;
    uint256 internal constant WHERE = 21;
    uint256 internal constant ISQRT = 22;
    uint256 internal constant GATHER = 23;
    uint256 internal constant GATHER_ELEMENTS = 24;
    uint256 internal constant SCATTER_ELEMENTS = 25;
    uint256 internal constant CONCAT = 26;
    uint256 internal constant SLICE = 27;
    uint256 internal constant PAD = 28;
    uint256 internal constant TRANSPOSE = 29;
    uint256 internal constant EXPAND = 30;
    uint256 internal constant REDUCE_SUM = 31;
    uint256 internal constant REDUCE_MAX = 32;
    uint256 internal constant CUM_SUM = 33;
    uint256 internal constant CARRY = 253;
    uint256 internal constant STOP = 254;
    uint256 internal constant COLLECT = 255;
}

/// @notice Numbers of the rules that a descriptor may break, in the order in which they are checked.
library Rule {
    // Reading the bytes
    uint256 internal constant TRUNCATED = 1;
    uint256 internal constant UNKNOWN_OPCODE = 2;
    uint256 internal constant UNKNOWN_DTYPE = 3;
    uint256 internal constant RANK_TOO_HIGH = 4;
    uint256 internal constant DIM_OUT_OF_RANGE = 5;
    uint256 internal constant LAYOUT_NOT_PERMUTATION = 6;
    uint256 internal constant TENSOR_TOO_LARGE = 7;
    uint256 internal constant TOO_MANY_OPERANDS = 8;
    uint256 internal constant UNKNOWN_SOURCE = 9;
    uint256 internal constant TOO_MANY_ATTRIBUTES = 10;
    uint256 internal constant BYTES_LEFT_OVER = 11;
    // Against the header
    uint256 internal constant MISPLACED = 12;
    uint256 internal constant WRONG_OPERAND_COUNT = 13;
    uint256 internal constant WRONG_ATTRIBUTE_COUNT = 14;
    uint256 internal constant SLOT_NOT_EARLIER = 15;
    uint256 internal constant UNKNOWN_CONSTANT = 16;
    uint256 internal constant INPUT_NOT_ALIGNED = 17;
    uint256 internal constant INPUT_NOT_ROW_MAJOR = 18;
    uint256 internal constant INPUT_OUT_OF_RANGE = 19;
    // The operator's shape rule
    uint256 internal constant OPERAND_SOURCES = 20;
    uint256 internal constant OPERAND_DTYPE = 21;
    uint256 internal constant OUTPUT_DTYPE = 22;
    uint256 internal constant RANKS = 23;
    uint256 internal constant ATTRIBUTE_OUT_OF_BOUNDS = 24;
    uint256 internal constant OPERAND_SHAPES = 25;
    uint256 internal constant OUTPUT_SHAPE = 26;
    uint256 internal constant READS_TOO_MUCH = 27;
    // Against the header again, and against the producer
    uint256 internal constant TENSOR_TOO_DEEP = 28;
    uint256 internal constant PRODUCER_DIFFERS = 29;
}
