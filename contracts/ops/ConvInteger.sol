// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DotLib, Factors} from "../libraries/DotLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {Window, WindowLib} from "../libraries/WindowLib.sol";
import {DType, Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title ConvInteger: out[n, m, y, x] = Σ over the window and the group's channels of (X - xZero) · (W - wZero).
/// @dev Operands X[N,C,H,W] (u8), W[M,C/group,kH,kW] (u8); attributes padT, padL, padB, padR, strideH, strideW, dilH, dilW,
/// group, xZero, wZero. What lies in the padding contributes nothing.
library ConvInteger {
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
    ) internal pure returns (int256 sum) {
        Geometry memory x = operands[0].geometry;
        Geometry memory w = operands[1].geometry;
        Window memory window = WindowLib.window(descriptor.attributes, 0, w.dims[2], w.dims[3]);
        Factors memory factors = Factors({
            a: operands[0],
            b: operands[1],
            aZero: descriptor.attributes[9],
            bZero: descriptor.attributes[10],
            aStride: x.strides[1],
            bStride: w.strides[1]
        });
        uint256 perGroup = w.dims[0] / uint256(descriptor.attributes[8]);
        uint256 xStart = index[0] * x.strides[0] + (index[1] / perGroup) * w.dims[1] * x.strides[1];
        uint256 wStart = index[1] * w.strides[0];
        uint256[] memory places = window.places(x, index[2], index[3]);
        for (uint256 tap = 0; tap < places.length; ++tap) {
            if (places[tap] == WindowLib.PADDING) continue;
            uint256 b = wStart + (tap / w.dims[3]) * w.strides[2] + (tap % w.dims[3]) * w.strides[3];
            sum += DotLib.sum(factors, xStart + places[tap], b, w.dims[1]);
        }
    }
}
