// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PairLib} from "../libraries/PairLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor} from "../types/Descriptor.sol";

/// @title BitwiseXor: out = A ^ B in two's complement, broadcast.
/// @dev Both of one integer type.
library BitwiseXor {
    function checkShape(Descriptor memory descriptor) internal pure {
        PairLib.checkShape(descriptor, TypeLib.INTEGERS);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        (int256 a, int256 b) = PairLib.read(operands, index);
        return a ^ b;
    }
}
