// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PairLib} from "../libraries/PairLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {Descriptor} from "../types/Descriptor.sol";

/// @title Less: out = 1 where A < B, else 0; broadcast.
/// @dev Both of one integer type; the output is bool.
library Less {
    function checkShape(Descriptor memory descriptor) internal pure {
        PairLib.checkComparison(descriptor);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        (int256 a, int256 b) = PairLib.read(operands, index);
        return a < b ? int256(1) : int256(0);
    }
}
