// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {DType, Descriptor} from "../types/Descriptor.sol";

/// @title ArgMax: where the largest element along an axis stands; of equals the first.
/// @dev A is i8, u8, i32 or i64; attributes axis, keepdims; the output is i64.
library ArgMax {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        TypeLib.checkOperand(descriptor, 0, TypeLib.REDUCED);
        TypeLib.checkOut(descriptor, DType.I64);
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
        (, uint256 first) = operands[0].largest(position, stride, count);
        return int256(first);
    }
}
