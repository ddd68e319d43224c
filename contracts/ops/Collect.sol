// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {DType, Descriptor, Geometry, Operand, Rule, Source} from "../types/Descriptor.sol";

/// @title Collect: the output bytes, from the tensors that the program puts out.
/// @dev Of any integer types. Every operand row-major and little-endian, from a multiple of 8 on, zero bytes between.
library Collect {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor, uint256 outputBytes) internal pure {
        Operand[] memory operands = descriptor.operands;
        Geometry memory out = descriptor.out;
        uint256 end = 0;
        bool integers = true;
        for (uint256 i = 0; i < operands.length; ++i) {
            integers = integers && operands[i].geometry.dtype != DType.BOOL;
            bool slot = operands[i].source == Source.SLOT;
            RuleLib.check(slot, Rule.OPERAND_SOURCES);
            end = _align(end) + operands[i].geometry.byteLength();
        }
        RuleLib.check(integers, Rule.OPERAND_DTYPE);
        RuleLib.check(out.dtype == DType.U8, Rule.OUTPUT_DTYPE);
        RuleLib.check(out.dims.length == 1, Rule.RANKS);
        bool fits = out.elements == outputBytes && end == outputBytes;
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        uint256 start = 0;
        for (uint256 i = 0; i < operands.length; ++i) {
            Geometry memory geometry = operands[i].geometry;
            start = _align(start);
            if (index[0] < start) return 0;
            uint256 end = start + geometry.byteLength();
            if (index[0] < end) {
                uint256 width = operands[i].width;
                uint256 position = geometry.fromRowMajor((index[0] - start) / width);
                (uint256 pointer, ) = operands[i].locate(position, 1);
                return TensorLib.decode(pointer + ((index[0] - start) % width), DType.U8);
            }
            start = end;
        }
        return 0;
    }

    function _align(uint256 offset) private pure returns (uint256) {
        return (offset + 7) & ~uint256(7);
    }
}
