// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PairLib} from "../libraries/PairLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor} from "../types/Descriptor.sol";

/// @title Div: out = A / B, broadcast, truncated toward zero; zero where B is zero.
/// @dev Both of one integer type. A program is only accepted with every divisor proven positive; the zero makes the judge total.
library Div {
    function checkShape(Descriptor memory descriptor) internal pure {
        PairLib.checkShape(descriptor, TypeLib.INTEGERS);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        (int256 a, int256 b) = PairLib.read(operands, index);
        return b == 0 ? int256(0) : a / b;
    }
}
