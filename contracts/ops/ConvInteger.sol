// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Dot, DotLib} from "../libraries/DotLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {Taps, Window, WindowLib} from "../libraries/WindowLib.sol";
import {DType, Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @notice One axis along which a convolution sums, and how far its steps are in the layouts of both operands.
struct Axis {
    uint256 count;
    uint256 xStride;
    uint256 wStride;
}

/// @title ConvInteger: out[n, m, y, x] = Σ over the window and the group's channels of (X - xZero) · (W - wZero).
/// @dev Operands X[N,C,H,W] (u8), W[M,C/group,kH,kW] (u8); attributes padT, padL, padB, padR, strideH, strideW, dilH, dilW,
/// group, xZero, wZero. What lies in the padding contributes nothing.
library ConvInteger {
    using DotLib for Dot;
    using WindowLib for Window;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory x = descriptor.operands[0].geometry;
        Geometry memory w = descriptor.operands[1].geometry;
        Geometry memory out = descriptor.out;
        int256[] memory attributes = descriptor.attributes;
        bool fits = x.dtype == DType.U8 && w.dtype == DType.U8;
        RuleLib.check(fits, Rule.OPERAND_DTYPE);
        RuleLib.check(out.dtype == DType.I32, Rule.OUTPUT_DTYPE);
        fits = x.dims.length == 4 && w.dims.length == 4 && out.dims.length == 4;
        RuleLib.check(fits, Rule.RANKS);

        fits = WindowLib.inBounds(attributes, 0) && attributes[8] > 0 && attributes[8] <= type(int32).max;
        fits =
            fits &&
            attributes[9] >= 0 &&
            attributes[9] < 256 &&
            attributes[10] >= 0 &&
            attributes[10] < 256;
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);

        uint256 group = uint256(attributes[8]);
        Window memory window = WindowLib.window(attributes, 0, w.dims[2], w.dims[3]);
        fits = w.dims[0] % group == 0 && x.dims[1] == w.dims[1] * group && window.fits(x);
        RuleLib.check(fits, Rule.OPERAND_SHAPES);
        fits = out.dims[0] == x.dims[0] && out.dims[1] == w.dims[0] && window.yields(x, out);
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
        fits = w.dims[1] * w.dims[2] * w.dims[3] <= 8192;
        RuleLib.check(fits, Rule.READS_TOO_MUCH);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory x = operands[0].geometry;
        Geometry memory w = operands[1].geometry;
        int256[] memory attributes = descriptor.attributes;
        Window memory window = WindowLib.window(attributes, 0, w.dims[2], w.dims[3]);
        Taps memory taps = window.rows(x, index[2]);
        Axis memory rows = Axis(taps.count, window.dilH * x.strides[2], w.strides[2]);
        uint256 xStart = index[0] * x.strides[0] + taps.place * x.strides[2];
        uint256 wStart = index[1] * w.strides[0] + taps.first * w.strides[2];
        taps = window.columns(x, index[3]);
        Axis memory columns = Axis(taps.count, window.dilW * x.strides[3], w.strides[3]);
        xStart += taps.place * x.strides[3];
        wStart += taps.first * w.strides[3];
        uint256 perGroup = w.dims[0] / uint256(attributes[8]);
        xStart += (index[1] / perGroup) * w.dims[1] * x.strides[1];
        Axis memory channels = Axis(w.dims[1], x.strides[1], w.strides[1]);
        Dot memory dot = _sum(operands, rows, columns, channels, xStart, wStart);
        return dot.total(attributes[9], attributes[10]);
    }

    /// @dev Runs along the columns or the channels, whichever lie closer together in X; along both where they are one run.
    function _sum(
        Tensor[] memory operands,
        Axis memory rows,
        Axis memory columns,
        Axis memory channels,
        uint256 xStart,
        uint256 wStart
    ) private pure returns (Dot memory dot) {
        (Axis memory outer, Axis memory inner) = columns.xStride < channels.xStride
            ? (channels, columns)
            : (columns, channels);
        bool joined =
            outer.xStride == inner.count * inner.xStride && outer.wStride == inner.count * inner.wStride;
        if (joined) (inner.count, outer.count) = (inner.count * outer.count, 1);
        dot = DotLib.dot(operands[0], inner.xStride, operands[1], inner.wStride);
        for (uint256 i = 0; i < rows.count; ++i) {
            for (uint256 j = 0; j < outer.count; ++j) {
                uint256 a = xStart + i * rows.xStride + j * outer.xStride;
                dot.add(a, wStart + i * rows.wStride + j * outer.wStride, inner.count);
            }
        }
    }
}
