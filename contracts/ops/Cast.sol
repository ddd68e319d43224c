// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Cast: out = A, what does not fit wraps in two's complement.
/// @dev Of any type, to any integer type.
library Cast {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        bool integer = TypeLib.contains(TypeLib.INTEGERS, descriptor.out.dtype);
        RuleLib.check(integer, Rule.OUTPUT_DTYPE);
        bool fits = descriptor.out.sameDims(descriptor.operands[0].geometry);
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        return operands[0].broadcastAt(index);
    }
}
