// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {DType, Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Isqrt: out = floor(sqrt(A)); zero where A is negative.
/// @dev i64. A program is only accepted with every A proven between 0 and 2^52.
library Isqrt {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        TypeLib.checkSame(descriptor, 1 << DType.I64);
        bool fits = descriptor.out.sameDims(descriptor.operands[0].geometry);
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        int256 value = operands[0].broadcastAt(index);
        int256 root = 0;
        // The root has 32 bits, which are found one after the other from the highest.
        for (int256 bit = 2 ** 31; bit > 0; bit >>= 1) {
            if ((root + bit) * (root + bit) <= value) root += bit;
        }
        return root;
    }
}
