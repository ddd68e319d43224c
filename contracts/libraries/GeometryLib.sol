// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Geometry} from "../types/Descriptor.sol";
import {MerkleLib} from "./MerkleLib.sol";

/// @title Where things lie: leaves in the trace tree, elements in a tensor's layout.
library GeometryLib {
    /// @dev One byte for each element type, that of type 0 last.
    uint256 private constant WIDTHS = 0x01_08_04_02_02_08_04_01_01_00;

    /// @notice Depth of the trace tree of a program; at least one, so that the trace root always has 16 children.
    function traceDepth(uint256 slots, uint256 maxPasses) internal pure returns (uint256 depth) {
        depth = MerkleLib.treeDepth(slots * maxPasses);
        if (depth == 0) depth = 1;
    }

    function tileCount(uint256 size) internal pure returns (uint256) {
        return (size + MerkleLib.TILE_BYTES - 1) / MerkleLib.TILE_BYTES;
    }

    /// @notice Exact length of a tile; zero where there is none of that number.
    function tileLength(uint256 size, uint256 tile) internal pure returns (uint256) {
        uint256 start = tile * MerkleLib.TILE_BYTES;
        if (start >= size) return 0;
        return size - start < MerkleLib.TILE_BYTES ? size - start : MerkleLib.TILE_BYTES;
    }

    /// @notice Bytes of one element.
    function width(uint256 dtype) internal pure returns (uint256) {
        return (WIDTHS >> (8 * dtype)) & 255;
    }

    function byteLength(Geometry memory geometry) internal pure returns (uint256) {
        return geometry.elements * width(geometry.dtype);
    }

    /// @notice The logical indices of the element at a place in the layout.
    function indices(
        Geometry memory geometry,
        uint256 position
    ) internal pure returns (uint256[] memory index) {
        uint256 rank = geometry.dims.length;
        index = new uint256[](rank);
        for (uint256 axis = 0; axis < rank; ++axis) {
            index[axis] = (position / geometry.strides[axis]) % geometry.dims[axis];
        }
    }

    /// @notice The place in the layout of an element by its number in row-major order.
    function fromRowMajor(Geometry memory geometry, uint256 number) internal pure returns (uint256 position) {
        for (uint256 axis = geometry.dims.length; axis > 0; --axis) {
            uint256 dim = geometry.dims[axis - 1];
            position += (number % dim) * geometry.strides[axis - 1];
            number /= dim;
        }
    }

    /// @notice The number of an element in row-major order by its logical indices.
    function toRowMajor(
        Geometry memory geometry,
        uint256[] memory index
    ) internal pure returns (uint256 number) {
        for (uint256 axis = 0; axis < index.length; ++axis)
            number = number * geometry.dims[axis] + index[axis];
    }

    function sameDims(Geometry memory a, Geometry memory b) internal pure returns (bool) {
        if (a.dims.length != b.dims.length) return false;
        for (uint256 axis = 0; axis < a.dims.length; ++axis) {
            if (a.dims[axis] != b.dims[axis]) return false;
        }
        return true;
    }
}
