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

/// @title Windows of convolutions and poolings: where they fit and what they cover.
library WindowLib {
    uint256 internal constant PADDING = type(uint256).max;

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

    /// @notice Where in the layout of `x`, counted from the start of a channel, the elements under the window at output
    /// row `y` and column `z` lie; row by row, `PADDING` for what is none.
    function places(
        Window memory self,
        Geometry memory x,
        uint256 y,
        uint256 z
    ) internal pure returns (uint256[] memory place) {
        place = new uint256[](self.kernelH * self.kernelW);
        uint256 tap = 0;
        for (uint256 i = 0; i < self.kernelH; ++i) {
            uint256 row = _unpad(y * self.strideH + i * self.dilH, self.padT, x.dims[2]);
            for (uint256 j = 0; j < self.kernelW; ++j) {
                uint256 column = _unpad(z * self.strideW + j * self.dilW, self.padL, x.dims[3]);
                bool inside = row != PADDING && column != PADDING;
                place[tap++] = inside ? row * x.strides[2] + column * x.strides[3] : PADDING;
            }
        }
    }

    function _unpad(uint256 padded, uint256 pad, uint256 dim) private pure returns (uint256) {
        return padded >= pad && padded - pad < dim ? padded - pad : PADDING;
    }
}
