// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tensor} from "../libraries/TensorLib.sol";
import {Descriptor, Opcode} from "../types/Descriptor.sol";
import {Add} from "./Add.sol";
import {ArgMax} from "./ArgMax.sol";
import {Cast} from "./Cast.sol";
import {Clip} from "./Clip.sol";
import {Collect} from "./Collect.sol";
import {ConvInteger} from "./ConvInteger.sol";
import {Div} from "./Div.sol";
import {MatMulInteger} from "./MatMulInteger.sol";
import {MaxPool} from "./MaxPool.sol";
import {Reshape} from "./Reshape.sol";

/// @title Operator set 1.
library OperatorSet {
    /// @notice Holds a descriptor with the operator's number of operands and attributes to the operator's shape rule.
    function checkShape(Descriptor memory descriptor, uint256 outputBytes) internal pure {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.MAT_MUL_INTEGER) MatMulInteger.checkShape(descriptor);
        else if (opcode == Opcode.CONV_INTEGER) ConvInteger.checkShape(descriptor);
        else if (opcode == Opcode.ADD) Add.checkShape(descriptor);
        else if (opcode == Opcode.DIV) Div.checkShape(descriptor);
        else if (opcode == Opcode.CLIP) Clip.checkShape(descriptor);
        else if (opcode == Opcode.CAST) Cast.checkShape(descriptor);
        else if (opcode == Opcode.MAX_POOL) MaxPool.checkShape(descriptor);
        else if (opcode == Opcode.RESHAPE) Reshape.checkShape(descriptor);
        else if (opcode == Opcode.ARG_MAX) ArgMax.checkShape(descriptor);
        else Collect.checkShape(descriptor, outputBytes);
    }

    /// @notice One element of a well-formed step in unbounded integers; `index` are its logical indices.
    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.MAT_MUL_INTEGER) return MatMulInteger.element(descriptor, operands, index);
        if (opcode == Opcode.CONV_INTEGER) return ConvInteger.element(descriptor, operands, index);
        if (opcode == Opcode.ADD) return Add.element(operands, index);
        if (opcode == Opcode.DIV) return Div.element(operands, index);
        if (opcode == Opcode.CLIP) return Clip.element(descriptor, operands, index);
        if (opcode == Opcode.CAST) return Cast.element(operands, index);
        if (opcode == Opcode.MAX_POOL) return MaxPool.element(descriptor, operands, index);
        if (opcode == Opcode.RESHAPE) return Reshape.element(descriptor, operands, index);
        if (opcode == Opcode.ARG_MAX) return ArgMax.element(descriptor, operands, index);
        return Collect.element(operands, index);
    }
}
