// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor} from "../types/Descriptor.sol";

/// @title ReduceMax: the largest element along an axis.
/// @dev A is i8, u8, i32 or i64; attributes axis, keepdims.
library ReduceMax {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        TypeLib.checkSame(descriptor, TypeLib.REDUCED);
        AxisLib.checkReduction(descriptor);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256 value) {
        (uint256 position, uint256 stride, uint256 count) = AxisLib.row(
            descriptor,
            operands[0].geometry,
            index
        );
        (value, ) = operands[0].largest(position, stride, count);
    }
}
