// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PairLib} from "../libraries/PairLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor} from "../types/Descriptor.sol";

/// @title Max: out = the larger of A and B, broadcast.
/// @dev Both of one type of 8, 32 or 64 bits.
library Max {
    function checkShape(Descriptor memory descriptor) internal pure {
        PairLib.checkShape(descriptor, TypeLib.COMPARED);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        (int256 a, int256 b) = PairLib.read(operands, index);
        return a > b ? a : b;
    }
}
