// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tensor} from "../libraries/TensorLib.sol";
import {Add} from "../ops/Add.sol";
import {Cast} from "../ops/Cast.sol";
import {Clip} from "../ops/Clip.sol";
import {Div} from "../ops/Div.sol";
import {OperatorSet} from "../ops/OperatorSet.sol";
import {Descriptor, Opcode} from "../types/Descriptor.sol";
import {Judge} from "./Judge.sol";

/// @title Judges operators whose elements come from one element of each operand.
contract ElementJudge is Judge {
    function operators() public pure override returns (uint256) {
        return OperatorSet.ELEMENTS;
    }

    function _checkShape(Descriptor memory descriptor, uint256) internal pure override {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.ADD) Add.checkShape(descriptor);
        else if (opcode == Opcode.DIV) Div.checkShape(descriptor);
        else if (opcode == Opcode.CLIP) Clip.checkShape(descriptor);
        else Cast.checkShape(descriptor);
    }

    function _element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure override returns (int256) {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.ADD) return Add.element(operands, index);
        if (opcode == Opcode.DIV) return Div.element(operands, index);
        if (opcode == Opcode.CLIP) return Clip.element(descriptor, operands, index);
        return Cast.element(operands, index);
    }
}
