// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DType, Descriptor, Geometry, Opcode, Operand, Rule, Source} from "../types/Descriptor.sol";
import {ProgramHeader} from "../types/Program.sol";
import {GeometryLib} from "./GeometryLib.sol";
import {RuleLib} from "./RuleLib.sol";

/// @title Reads descriptors and holds them to every rule that is not the operator's own.
/// @dev Bytes are big-endian: u8 opcode, geometry of the output, u8 count and operands (u8 source, u32 index, geometry),
/// u8 count and attributes (i64). A geometry is u8 dtype, u8 rank, u32 dims, u8 axes from outermost to innermost.
library DescriptorLib {
    uint256 private constant MAX_RANK = 8;
    uint256 private constant MAX_DIM = 2 ** 31 - 1;
    uint256 private constant MAX_TENSOR_BYTES = 2 ** 34;
    uint256 private constant MAX_OPERANDS = 8;
    uint256 private constant MAX_COLLECTED = 16;
    uint256 private constant MAX_ATTRIBUTES = 16;

    /// @dev A place in calldata, and where the descriptor ends.
    struct Cursor {
        uint256 start;
        uint256 next;
        uint256 end;
    }

    /// @notice Reads the bytes; rules 1 to 11.
    function parse(bytes calldata data) internal pure returns (Descriptor memory descriptor) {
        Cursor memory cursor;
        assembly ("memory-safe") {
            mstore(cursor, data.offset)
            mstore(add(cursor, 32), data.offset)
            mstore(add(cursor, 64), add(data.offset, data.length))
        }
        uint256 opcode = _read(cursor, 1);
        bool collects = opcode == Opcode.COLLECT;
        bool known = collects || (opcode > 0 && opcode <= Opcode.ARG_MAX);
        RuleLib.check(known, Rule.UNKNOWN_OPCODE);
        descriptor.opcode = opcode;
        descriptor.out = _readGeometry(cursor);

        uint256 count = _read(cursor, 1);
        bool few = count <= (collects ? MAX_COLLECTED : MAX_OPERANDS);
        RuleLib.check(few, Rule.TOO_MANY_OPERANDS);
        descriptor.operands = new Operand[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 source = _read(cursor, 1);
            RuleLib.check(source <= Source.CONSTANT, Rule.UNKNOWN_SOURCE);
            descriptor.operands[i].source = source;
            descriptor.operands[i].index = _read(cursor, 4);
            descriptor.operands[i].geometry = _readGeometry(cursor);
        }

        count = _read(cursor, 1);
        RuleLib.check(count <= MAX_ATTRIBUTES, Rule.TOO_MANY_ATTRIBUTES);
        descriptor.attributes = new int256[](count);
        for (uint256 i = 0; i < count; ++i) descriptor.attributes[i] = int64(uint64(_read(cursor, 8)));
        RuleLib.check(cursor.next == cursor.end, Rule.BYTES_LEFT_OVER);
    }

    /// @notice Holds a descriptor to its program; rules 12 to 19.
    function checkAgainst(
        Descriptor memory descriptor,
        ProgramHeader memory header,
        uint256 index
    ) internal pure {
        bool placed = (descriptor.opcode == Opcode.COLLECT) == (index == header.slots);
        RuleLib.check(placed, Rule.COLLECT_MISPLACED);
        (uint256 operands, uint256 attributes) = arity(descriptor.opcode);
        uint256 count = descriptor.operands.length;
        bool fits = operands == 0 ? count > 0 : count == operands;
        RuleLib.check(fits, Rule.WRONG_OPERAND_COUNT);
        fits = descriptor.attributes.length == attributes;
        RuleLib.check(fits, Rule.WRONG_ATTRIBUTE_COUNT);
        for (uint256 i = 0; i < count; ++i) _checkOperand(descriptor.operands[i], header, index);
    }

    /// @notice How many operands and attributes an operator has; zero operands stand for any number from one.
    function arity(uint256 opcode) internal pure returns (uint256 operands, uint256 attributes) {
        if (opcode == Opcode.MAT_MUL_INTEGER) return (2, 2);
        if (opcode == Opcode.CONV_INTEGER) return (2, 11);
        if (opcode == Opcode.ADD || opcode == Opcode.DIV) return (2, 0);
        if (opcode == Opcode.CLIP || opcode == Opcode.ARG_MAX) return (1, 2);
        if (opcode == Opcode.MAX_POOL) return (1, 10);
        return opcode == Opcode.COLLECT ? (0, 0) : (1, 0);
    }

    /// @notice The bytes that a geometry was read from.
    function encoding(bytes calldata data, Geometry memory geometry) internal pure returns (bytes calldata) {
        return data[geometry.start:geometry.end];
    }

    function _checkOperand(Operand memory operand, ProgramHeader memory header, uint256 index) private pure {
        if (operand.source == Source.SLOT) {
            RuleLib.check(operand.index < index, Rule.SLOT_NOT_EARLIER);
        } else if (operand.source == Source.CONSTANT) {
            bool exists = operand.index < header.constants;
            RuleLib.check(exists, Rule.UNKNOWN_CONSTANT);
        } else {
            RuleLib.check(operand.index % 8 == 0, Rule.INPUT_NOT_ALIGNED);
            bool rowMajor = operand.geometry.rowMajor;
            RuleLib.check(rowMajor, Rule.INPUT_NOT_ROW_MAJOR);
            uint256 end = operand.index + GeometryLib.byteLength(operand.geometry);
            RuleLib.check(end <= header.inputBytes, Rule.INPUT_OUT_OF_RANGE);
        }
    }

    function _readGeometry(Cursor memory cursor) private pure returns (Geometry memory geometry) {
        geometry.start = cursor.next - cursor.start;
        uint256 dtype = _read(cursor, 1);
        bool known = dtype >= DType.U8 && dtype <= DType.I64;
        RuleLib.check(known, Rule.UNKNOWN_DTYPE);
        uint256 rank = _read(cursor, 1);
        RuleLib.check(rank <= MAX_RANK, Rule.RANK_TOO_HIGH);
        geometry.dtype = dtype;
        geometry.dims = new uint256[](rank);
        geometry.strides = new uint256[](rank);
        geometry.rowMajor = true;
        for (uint256 axis = 0; axis < rank; ++axis) {
            uint256 dim = _read(cursor, 4);
            bool inRange = dim > 0 && dim <= MAX_DIM;
            RuleLib.check(inRange, Rule.DIM_OUT_OF_RANGE);
            geometry.dims[axis] = dim;
        }
        // From the innermost axis outwards, each stride is the number of elements further in.
        uint256 axes = cursor.next;
        _skip(cursor, rank);
        uint256 elements = 1;
        for (uint256 place = rank; place > 0; --place) {
            uint256 axis = _byteAt(axes + place - 1);
            bool isNew = axis < rank && geometry.strides[axis] == 0;
            RuleLib.check(isNew, Rule.LAYOUT_NOT_PERMUTATION);
            geometry.strides[axis] = elements;
            elements *= geometry.dims[axis];
            if (axis != place - 1) geometry.rowMajor = false;
        }
        geometry.elements = elements;
        geometry.end = cursor.next - cursor.start;
        bool small = GeometryLib.byteLength(geometry) <= MAX_TENSOR_BYTES;
        RuleLib.check(small, Rule.TENSOR_TOO_LARGE);
    }

    function _skip(Cursor memory cursor, uint256 size) private pure {
        cursor.next += size;
        RuleLib.check(cursor.next <= cursor.end, Rule.TRUNCATED);
    }

    function _read(Cursor memory cursor, uint256 size) private pure returns (uint256 value) {
        uint256 place = cursor.next;
        _skip(cursor, size);
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, size)), calldataload(place))
        }
    }

    function _byteAt(uint256 place) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, calldataload(place))
        }
    }
}
