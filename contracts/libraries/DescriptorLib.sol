// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DType, Descriptor, Geometry, Opcode, Operand, Rule, Source} from "../types/Descriptor.sol";
import {ProgramHeader} from "../types/Program.sol";
import {GeometryLib} from "./GeometryLib.sol";
import {OperatorSetLib} from "./OperatorSetLib.sol";
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

    /// @dev Places in calldata: where the descriptor begins, what is read next, where it ends.
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
        bool known = OperatorSetLib.contains(OperatorSetLib.ALL, opcode);
        RuleLib.check(known, Rule.UNKNOWN_OPCODE);
        descriptor.opcode = opcode;
        descriptor.out = _readGeometry(cursor);

        uint256 count = _read(cursor, 1);
        bool few = count <= (opcode == Opcode.COLLECT ? MAX_COLLECTED : MAX_OPERANDS);
        RuleLib.check(few, Rule.TOO_MANY_OPERANDS);
        descriptor.operands = new Operand[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 source = _read(cursor, 1);
            RuleLib.check(source <= Source.CONSTANT, Rule.UNKNOWN_SOURCE);
            descriptor.operands[i].source = source;
            descriptor.operands[i].index = _read(cursor, 4);
            Geometry memory geometry = _readGeometry(cursor);
            descriptor.operands[i].geometry = geometry;
            // INVARIANT: a truth value was made by a step, so that it is 0 or 1.
            bool made = geometry.dtype != DType.BOOL || source == Source.SLOT;
            RuleLib.check(made, Rule.UNKNOWN_SOURCE);
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
        uint256 opcode = descriptor.opcode;
        bool stops = header.maxPasses > 1 && header.slots > 0 && index == header.slots - 1;
        bool placed = (opcode == Opcode.COLLECT) == (index == header.slots);
        placed = placed && (opcode == Opcode.STOP) == stops;
        RuleLib.check(placed, Rule.MISPLACED);
        (uint256 least, uint256 most) = OperatorSetLib.operandsOf(opcode);
        uint256 count = descriptor.operands.length;
        RuleLib.check(count >= least && count <= most, Rule.WRONG_OPERAND_COUNT);
        bool fits = descriptor.attributes.length == OperatorSetLib.attributesOf(opcode);
        RuleLib.check(fits, Rule.WRONG_ATTRIBUTE_COUNT);
        for (uint256 i = 0; i < count; ++i) {
            // What a carry goes on with comes from the pass before, so any slot may make it.
            bool fromBefore = opcode == Opcode.CARRY && i == 1;
            _checkOperand(descriptor.operands[i], header, fromBefore ? header.slots : index);
        }
    }

    /// @notice The bytes that a geometry was read from.
    function encoding(bytes calldata data, Geometry memory geometry) internal pure returns (bytes calldata) {
        return data[geometry.start:geometry.end];
    }

    function _checkOperand(Operand memory operand, ProgramHeader memory header, uint256 slots) private pure {
        if (operand.source == Source.SLOT) {
            RuleLib.check(operand.index < slots, Rule.SLOT_NOT_EARLIER);
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
        RuleLib.check(dtype >= DType.U8 && dtype <= DType.BOOL, Rule.UNKNOWN_DTYPE);
        uint256 rank = _read(cursor, 1);
        RuleLib.check(rank <= MAX_RANK, Rule.RANK_TOO_HIGH);
        geometry.dtype = dtype;
        geometry.dims = _readDims(cursor, rank);
        _readLayout(cursor, geometry);
        geometry.end = cursor.next - cursor.start;
        RuleLib.check(GeometryLib.byteLength(geometry) <= MAX_TENSOR_BYTES, Rule.TENSOR_TOO_LARGE);
    }

    function _readDims(Cursor memory cursor, uint256 rank) private pure returns (uint256[] memory dims) {
        dims = new uint256[](rank);
        for (uint256 axis = 0; axis < rank; ++axis) {
            uint256 dim = _read(cursor, 4);
            RuleLib.check(dim > 0 && dim <= MAX_DIM, Rule.DIM_OUT_OF_RANGE);
            dims[axis] = dim;
        }
    }

    /// @dev From the innermost axis outwards, each stride is the number of elements further in.
    function _readLayout(Cursor memory cursor, Geometry memory geometry) private pure {
        uint256[] memory dims = geometry.dims;
        uint256 rank = dims.length;
        uint256 axes = _take(cursor, rank);
        uint256[] memory strides = new uint256[](rank);
        uint256 elements = 1;
        bool rowMajor = true;
        for (uint256 place = rank; place > 0;) {
            --place;
            uint256 axis;
            assembly ("memory-safe") {
                axis := byte(place, axes)
            }
            RuleLib.check(axis < rank && strides[axis] == 0, Rule.LAYOUT_NOT_PERMUTATION);
            strides[axis] = elements;
            elements *= dims[axis];
            if (axis != place) rowMajor = false;
        }
        geometry.strides = strides;
        geometry.elements = elements;
        geometry.rowMajor = rowMajor;
    }

    function _read(Cursor memory cursor, uint256 size) private pure returns (uint256) {
        return _take(cursor, size) >> (256 - 8 * size);
    }

    /// @dev The next `size` bytes, at most 32, at the upper end of a word.
    function _take(Cursor memory cursor, uint256 size) private pure returns (uint256 word) {
        uint256 place = cursor.next;
        unchecked {
            // SAFETY: places in calldata are far below 2^255.
            cursor.next = place + size;
            RuleLib.check(place + size <= cursor.end, Rule.TRUNCATED);
        }
        assembly ("memory-safe") {
            word := calldataload(place)
        }
    }
}
