// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {Taps, Window, WindowLib} from "../libraries/WindowLib.sol";
import {DType, Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title MaxPool: out[n, c, y, x] = the largest element under the window.
/// @dev Operand X[N,C,H,W] (u8 or i8); attributes kH, kW, padT, padL, padB, padR, strideH, strideW, dilH, dilW. Pads below
/// the kernel and dilations up to the dimension leave a real element under every window; padding never wins.
library MaxPool {
    using TensorLib for Tensor;
    using WindowLib for Window;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory x = descriptor.operands[0].geometry;
        Geometry memory out = descriptor.out;
        bool fits = x.dtype == DType.U8 || x.dtype == DType.I8;
        RuleLib.check(fits, Rule.OPERAND_DTYPE);
        RuleLib.check(out.dtype == x.dtype, Rule.OUTPUT_DTYPE);
        fits = x.dims.length == 4 && out.dims.length == 4;
        RuleLib.check(fits, Rule.RANKS);
        _checkAttributes(descriptor.attributes, x);
        Window memory window = _window(descriptor);
        RuleLib.check(window.fits(x), Rule.OPERAND_SHAPES);
        fits = out.dims[0] == x.dims[0] && out.dims[1] == x.dims[1] && window.yields(x, out);
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
        fits = window.kernelH * window.kernelW <= 8192;
        RuleLib.check(fits, Rule.READS_TOO_MUCH);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256 largest) {
        Geometry memory x = operands[0].geometry;
        Window memory window = _window(descriptor);
        Taps memory rows = window.rows(x, index[2]);
        Taps memory columns = window.columns(x, index[3]);
        uint256 start = index[0] * x.strides[0] + index[1] * x.strides[1];
        start += rows.place * x.strides[2] + columns.place * x.strides[3];
        largest = type(int256).min;
        for (uint256 i = 0; i < rows.count; ++i) {
            uint256 from = start + i * window.dilH * x.strides[2];
            (int256 value, ) = operands[0].largest(from, window.dilW * x.strides[3], columns.count);
            if (value > largest) largest = value;
        }
    }

    function _checkAttributes(int256[] memory attributes, Geometry memory x) private pure {
        bool fits = WindowLib.inBounds(attributes, 2);
        for (uint256 axis = 0; axis < 2; ++axis) {
            int256 kernel = attributes[axis];
            fits = fits && kernel > 0 && kernel <= type(int32).max;
            fits = fits && attributes[2 + axis] < kernel && attributes[4 + axis] < kernel;
            fits = fits && attributes[8 + axis] <= int256(x.dims[2 + axis]);
        }
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
    }

    function _window(Descriptor memory descriptor) private pure returns (Window memory) {
        int256[] memory attributes = descriptor.attributes;
        return WindowLib.window(attributes, 2, uint256(attributes[0]), uint256(attributes[1]));
    }
}
