// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BroadcastLib} from "../libraries/BroadcastLib.sol";
import {PairLib} from "../libraries/PairLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Rule} from "../types/Descriptor.sol";

/// @title BitShift: out = A shifted by B bits, broadcast; zero where B is the width or more.
/// @dev Both u8, u32 or u64; attribute direction: 0 left, 1 right. A program is only accepted with every B proven below the
/// width.
library BitShift {
    function checkShape(Descriptor memory descriptor) internal pure {
        TypeLib.checkSame(descriptor, TypeLib.SHIFTED);
        BroadcastLib.checkRank(descriptor);
        int256 direction = descriptor.attributes[0];
        RuleLib.check(direction == 0 || direction == 1, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
        BroadcastLib.checkDims(descriptor);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        (int256 a, int256 b) = PairLib.read(operands, index);
        if (b >= int256(8 * operands[0].width)) return 0;
        return descriptor.attributes[0] == 0 ? a << uint256(b) : a >> uint256(b);
    }
}
