// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Reshape: the same elements in row-major order.
library Reshape {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        RuleLib.check(descriptor.out.dtype == a.dtype, Rule.OUTPUT_DTYPE);
        bool fits = descriptor.out.elements == a.elements;
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        uint256 number = descriptor.out.toRowMajor(index);
        return operands[0].elementAt(operands[0].geometry.fromRowMajor(number));
    }
}
