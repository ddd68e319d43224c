// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PairLib} from "../libraries/PairLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor} from "../types/Descriptor.sol";

/// @title Mod: out = A - B · floor(A / B), broadcast; zero where B is zero.
/// @dev Both of one integer type; the result has the sign of B. A program is only accepted with every divisor proven positive.
library Mod {
    function checkShape(Descriptor memory descriptor) internal pure {
        PairLib.checkShape(descriptor, TypeLib.INTEGERS);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        (int256 a, int256 b) = PairLib.read(operands, index);
        if (b == 0) return 0;
        int256 remainder = a % b;
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
    }
}
