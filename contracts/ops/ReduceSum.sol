// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor} from "../types/Descriptor.sol";

/// @title ReduceSum: the sum of the elements along an axis.
/// @dev A is i32 or i64; attributes axis, keepdims.
library ReduceSum {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        TypeLib.checkSame(descriptor, TypeLib.WIDE);
        AxisLib.checkReduction(descriptor);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        (uint256 position, uint256 stride, uint256 count) = AxisLib.row(
            descriptor,
            operands[0].geometry,
            index
        );
        return operands[0].sum(position, stride, count);
    }
}
