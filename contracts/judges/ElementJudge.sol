// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {Add} from "../ops/Add.sol";
import {BitShift} from "../ops/BitShift.sol";
import {BitwiseAnd} from "../ops/BitwiseAnd.sol";
import {BitwiseOr} from "../ops/BitwiseOr.sol";
import {BitwiseXor} from "../ops/BitwiseXor.sol";
import {Cast} from "../ops/Cast.sol";
import {Clip} from "../ops/Clip.sol";
import {Div} from "../ops/Div.sol";
import {Equal} from "../ops/Equal.sol";
import {Isqrt} from "../ops/Isqrt.sol";
import {Less} from "../ops/Less.sol";
import {Max} from "../ops/Max.sol";
import {Min} from "../ops/Min.sol";
import {Mod} from "../ops/Mod.sol";
import {Mul} from "../ops/Mul.sol";
import {Sub} from "../ops/Sub.sol";
import {Where} from "../ops/Where.sol";
import {Descriptor, Opcode} from "../types/Descriptor.sol";
import {Pass} from "../types/Trace.sol";
import {Judge} from "./Judge.sol";

/// @title Judges operators whose elements combine one element of each operand.
contract ElementJudge is Judge {
    function operators() public pure override returns (uint256) {
        return OperatorSetLib.ELEMENTS;
    }

    function _checkShape(Descriptor memory descriptor, uint256) internal pure override {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.ADD) Add.checkShape(descriptor);
        else if (opcode == Opcode.DIV) Div.checkShape(descriptor);
        else if (opcode == Opcode.CLIP) Clip.checkShape(descriptor);
        else if (opcode == Opcode.CAST) Cast.checkShape(descriptor);
        else if (opcode == Opcode.SUB) Sub.checkShape(descriptor);
        else if (opcode == Opcode.MUL) Mul.checkShape(descriptor);
        else if (opcode == Opcode.MOD) Mod.checkShape(descriptor);
        else if (opcode == Opcode.MIN) Min.checkShape(descriptor);
        else if (opcode == Opcode.MAX) Max.checkShape(descriptor);
        else if (opcode == Opcode.BIT_SHIFT) BitShift.checkShape(descriptor);
        else if (opcode == Opcode.BITWISE_AND) BitwiseAnd.checkShape(descriptor);
        else if (opcode == Opcode.BITWISE_OR) BitwiseOr.checkShape(descriptor);
        else if (opcode == Opcode.BITWISE_XOR) BitwiseXor.checkShape(descriptor);
        else if (opcode == Opcode.EQUAL) Equal.checkShape(descriptor);
        else if (opcode == Opcode.LESS) Less.checkShape(descriptor);
        else if (opcode == Opcode.WHERE) Where.checkShape(descriptor);
        else Isqrt.checkShape(descriptor);
    }

    function _element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index,
        Pass memory
    ) internal pure override returns (int256) {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.ADD) return Add.element(operands, index);
        if (opcode == Opcode.DIV) return Div.element(operands, index);
        if (opcode == Opcode.CLIP) return Clip.element(descriptor, operands, index);
        if (opcode == Opcode.CAST) return Cast.element(operands, index);
        if (opcode == Opcode.SUB) return Sub.element(operands, index);
        if (opcode == Opcode.MUL) return Mul.element(operands, index);
        if (opcode == Opcode.MOD) return Mod.element(operands, index);
        if (opcode == Opcode.MIN) return Min.element(operands, index);
        if (opcode == Opcode.MAX) return Max.element(operands, index);
        if (opcode == Opcode.BIT_SHIFT) return BitShift.element(descriptor, operands, index);
        if (opcode == Opcode.BITWISE_AND) return BitwiseAnd.element(operands, index);
        if (opcode == Opcode.BITWISE_OR) return BitwiseOr.element(operands, index);
        if (opcode == Opcode.BITWISE_XOR) return BitwiseXor.element(operands, index);
        if (opcode == Opcode.EQUAL) return Equal.element(operands, index);
        if (opcode == Opcode.LESS) return Less.element(operands, index);
        if (opcode == Opcode.WHERE) return Where.element(operands, index);
        return Isqrt.element(operands, index);
    }
}
