// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepVerifier} from "../interfaces/IStepVerifier.sol";
import {DType, Geometry} from "../types/Descriptor.sol";
import {BroadcastLib} from "./BroadcastLib.sol";
import {GeometryLib} from "./GeometryLib.sol";

/// @notice What is open of one operand: tiles that stay in calldata.
struct Tensor {
    Geometry geometry;
    uint256 operand; // its number, for errors
    uint256 offset; // of its first byte in the tiles' tree; zero unless it is an input
    uint256[] tiles; // tile number << 64 | place of its bytes in calldata
    uint256 hit; // the entry of `tiles` that served last
}

/// @title Reads elements of opened tensors.
library TensorLib {
    /// @notice Where in calldata the bytes of an element lie, by its place in the layout.
    function locate(Tensor memory tensor, uint256 position) internal pure returns (uint256 pointer) {
        unchecked {
            // SAFETY: positions are below the element count, offsets below 2^32, pointers below 2^64.
            uint256 offset = tensor.offset + position * GeometryLib.width(tensor.geometry.dtype);
            uint256 tile = offset >> 10;
            uint256[] memory tiles = tensor.tiles;
            uint256 hit = tensor.hit;
            if (hit >= tiles.length || tiles[hit] >> 64 != tile) {
                for (hit = 0; hit < tiles.length && tiles[hit] >> 64 != tile;) ++hit;
                require(hit < tiles.length, IStepVerifier.MissingTile(tensor.operand, tile));
                tensor.hit = hit;
            }
            return uint64(tiles[hit]) + (offset & 1023);
        }
    }

    function elementAt(Tensor memory tensor, uint256 position) internal pure returns (int256) {
        return decode(locate(tensor, position), tensor.geometry.dtype);
    }

    /// @notice The element that an output's logical indices lead to.
    function broadcastAt(Tensor memory tensor, uint256[] memory index) internal pure returns (int256) {
        return elementAt(tensor, BroadcastLib.place(tensor.geometry, index, 0));
    }

    /// @notice The little-endian element at a place in calldata.
    function decode(uint256 pointer, uint256 dtype) internal pure returns (int256 value) {
        uint256 size = GeometryLib.width(dtype);
        assembly ("memory-safe") {
            let word := calldataload(pointer)
            for {
                let i := 0
            } lt(i, size) {
                i := add(i, 1)
            } {
                value := or(value, shl(shl(3, i), byte(i, word)))
            }
        }
        return dtype == DType.U8 ? value : wrap(value, dtype);
    }

    /// @notice The number that is left of `value` in two's complement.
    function wrap(int256 value, uint256 dtype) internal pure returns (int256) {
        if (dtype == DType.U8) return int256(uint256(uint8(uint256(value))));
        if (dtype == DType.I8) return int8(value);
        return dtype == DType.I32 ? int256(int32(value)) : int256(int64(value));
    }
}
