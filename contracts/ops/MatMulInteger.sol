// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BroadcastLib} from "../libraries/BroadcastLib.sol";
import {Dot, DotLib} from "../libraries/DotLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {DType, Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title MatMulInteger: out[.., m, n] = Σ_k (A[.., m, k] - aZero) · (B[.., k, n] - bZero).
/// @dev Operands A (u8), B (i8 or u8); attributes aZero, bZero; leading axes broadcast.
library MatMulInteger {
    using BroadcastLib for Geometry;
    using DotLib for Dot;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        Geometry memory b = descriptor.operands[1].geometry;
        Geometry memory out = descriptor.out;
        bool signed = b.dtype == DType.I8;
        bool fits = a.dtype == DType.U8 && (signed || b.dtype == DType.U8);
        RuleLib.check(fits, Rule.OPERAND_DTYPE);
        RuleLib.check(out.dtype == DType.I32, Rule.OUTPUT_DTYPE);

        uint256 aRank = a.dims.length;
        uint256 bRank = b.dims.length;
        uint256 rank = aRank > bRank ? aRank : bRank;
        fits = aRank > 1 && bRank > 1 && out.dims.length == rank;
        RuleLib.check(fits, Rule.RANKS);

        int256 aZero = descriptor.attributes[0];
        int256 bZero = descriptor.attributes[1];
        fits = aZero >= 0 && aZero < 256 && bZero >= 0 && bZero < (signed ? int256(1) : int256(256));
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);

        fits = a.dims[aRank - 1] == b.dims[bRank - 2] && a.compatible(b, 2);
        RuleLib.check(fits, Rule.OPERAND_SHAPES);
        fits = a.yields(b, out, 2);
        fits = fits && out.dims[rank - 2] == a.dims[aRank - 2] && out.dims[rank - 1] == b.dims[bRank - 1];
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
        fits = a.dims[aRank - 1] <= (signed ? 32_768 : 8192);
        RuleLib.check(fits, Rule.READS_TOO_MUCH);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory a = operands[0].geometry;
        Geometry memory b = operands[1].geometry;
        uint256 aRank = a.dims.length;
        uint256 bRank = b.dims.length;
        uint256 rank = index.length;
        uint256 aStart = a.place(index, 2) + index[rank - 2] * a.strides[aRank - 2];
        uint256 bStart = b.place(index, 2) + index[rank - 1] * b.strides[bRank - 1];
        Dot memory dot = DotLib.dot(operands[0], a.strides[aRank - 1], operands[1], b.strides[bRank - 2]);
        dot.add(aStart, bStart, a.dims[aRank - 1]);
        return dot.total(descriptor.attributes[0], descriptor.attributes[1]);
    }
}
