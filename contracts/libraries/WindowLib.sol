// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Geometry} from "../types/Descriptor.sol";

/// @notice A window that slides over the last two axes of a tensor of rank four.
struct Window {
    uint256 kernelH;
    uint256 kernelW;
    uint256 padT;
    uint256 padL;
    uint256 padB;
    uint256 padR;
    uint256 strideH;
    uint256 strideW;
    uint256 dilH;
    uint256 dilW;
}

/// @notice The part of one axis of a window that does not lie on padding.
struct Taps {
    uint256 first; // its first row or column
    uint256 count;
    uint256 place; // the row or column of the tensor under the first
}

/// @title Windows of convolutions and poolings: where they fit and what they cover.
library WindowLib {
    /// @notice Pads 0 to 2^31 - 1, strides and dilations 1 to 2^31 - 1, in the eight attributes from `first` on.
    function inBounds(int256[] memory attributes, uint256 first) internal pure returns (bool) {
        for (uint256 i = 0; i < 8; ++i) {
            int256 value = attributes[first + i];
            if (value < (i < 4 ? int256(0) : int256(1)) || value > type(int32).max) return false;
        }
        return true;
    }

    /// @dev The attributes are within bounds.
    function window(
        int256[] memory attributes,
        uint256 first,
        uint256 kernelH,
        uint256 kernelW
    ) internal pure returns (Window memory) {
        return
            Window({
                kernelH: kernelH,
                kernelW: kernelW,
                padT: uint256(attributes[first]),
                padL: uint256(attributes[first + 1]),
                padB: uint256(attributes[first + 2]),
                padR: uint256(attributes[first + 3]),
                strideH: uint256(attributes[first + 4]),
                strideW: uint256(attributes[first + 5]),
                dilH: uint256(attributes[first + 6]),
                dilW: uint256(attributes[first + 7])
            });
    }

    /// @notice Whether the padded tensor has room for the window.
    function fits(Window memory self, Geometry memory x) internal pure returns (bool) {
        return
            x.dims[2] + self.padT + self.padB > (self.kernelH - 1) * self.dilH &&
            x.dims[3] + self.padL + self.padR > (self.kernelW - 1) * self.dilW;
    }

    /// @notice Whether `out` has one element for each place of the window on `x`, which it fits.
    function yields(Window memory self, Geometry memory x, Geometry memory out) internal pure returns (bool) {
        uint256 roomH = x.dims[2] + self.padT + self.padB - (self.kernelH - 1) * self.dilH - 1;
        uint256 roomW = x.dims[3] + self.padL + self.padR - (self.kernelW - 1) * self.dilW - 1;
        return out.dims[2] == roomH / self.strideH + 1 && out.dims[3] == roomW / self.strideW + 1;
    }

    /// @notice The rows of the window at output row `y` that lie on rows of `x`.
    function rows(Window memory self, Geometry memory x, uint256 y) internal pure returns (Taps memory) {
        return _taps(self.kernelH, self.dilH, self.padT, x.dims[2], y * self.strideH);
    }

    /// @notice The columns of the window at output column `z` that lie on columns of `x`.
    function columns(Window memory self, Geometry memory x, uint256 z) internal pure returns (Taps memory) {
        return _taps(self.kernelW, self.dilW, self.padL, x.dims[3], z * self.strideW);
    }

    /// @dev `origin` is the place of tap 0, counted with the padding.
    function _taps(
        uint256 kernel,
        uint256 dilation,
        uint256 pad,
        uint256 dim,
        uint256 origin
    ) private pure returns (Taps memory taps) {
        if (origin < pad) taps.first = (pad - origin + dilation - 1) / dilation;
        uint256 end = 0;
        if (origin < pad + dim) end = (pad + dim - origin + dilation - 1) / dilation;
        if (end > kernel) end = kernel;
        if (end > taps.first) taps.count = end - taps.first;
        taps.place = origin + taps.first * dilation - pad;
    }
}
