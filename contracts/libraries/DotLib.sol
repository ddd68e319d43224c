// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DType} from "../types/Descriptor.sol";
import {Tensor, TensorLib} from "./TensorLib.sol";

/// @notice Two tensors of bytes along which products are summed, each less its zero point.
struct Factors {
    Tensor a; // u8
    Tensor b; // u8 or i8
    int256 aZero;
    int256 bZero;
    uint256 aStride; // from one summand to the next, in elements
    uint256 bStride;
}

/// @title Sums of products of 8-bit numbers.
library DotLib {
    using TensorLib for Tensor;

    uint256 private constant DIGITS = 0xff0000ff0000ff0000ff0000ff0000ff0000ff0000ff0000ff0000ff;
    uint256 private constant ONES = 0x1000001000001000001000001000001000001000001000001000001;
    uint256 private constant SWAP_8 = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant SWAP_16 = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant SWAP_32 = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant SWAP_64 = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
    uint256 private constant SIGNS = 0x8080808080808080808080808080808080808080808080808080808080808080;

    /// @notice Σ (a - aZero) · (b - bZero) over `count` elements from the places `a` and `b` on.
    /// @dev Works on Σab, Σa and Σb of raw bytes, run by run: a run ends with a tile. An i8 is read as the byte that is
    /// larger by 128, which the zero point takes back.
    function sum(Factors memory factors, uint256 a, uint256 b, uint256 count) internal pure returns (int256) {
        bool signed = factors.b.geometry.dtype == DType.I8;
        uint256[3] memory sums = _rawSums(factors, a, b, count, signed ? SIGNS : 0);
        int256 bZero = signed ? factors.bZero + 128 : factors.bZero;
        int256 zeros = bZero * int256(sums[1]) + factors.aZero * int256(sums[2]);
        return int256(sums[0]) - zeros + int256(count) * factors.aZero * bZero;
    }

    function _rawSums(
        Factors memory factors,
        uint256 a,
        uint256 b,
        uint256 left,
        uint256 flip
    ) private pure returns (uint256[3] memory sums) {
        while (left > 0) {
            uint256 run = _runLength(factors, a, b, left);
            uint256 start = factors.a.locate(a);
            _addRun(sums, start, start + run, factors.b.locate(b), flip);
            a += run * factors.aStride;
            b += run * factors.bStride;
            left -= run;
        }
    }

    function _runLength(
        Factors memory factors,
        uint256 a,
        uint256 b,
        uint256 left
    ) private pure returns (uint256 length) {
        if (factors.aStride != 1 || factors.bStride != 1) return 1;
        uint256 aLeft = _leftInTile(factors.a, a);
        uint256 bLeft = _leftInTile(factors.b, b);
        length = aLeft < bLeft ? aLeft : bLeft;
        if (left < length) length = left;
    }

    /// @dev Adds Σab, Σa and Σb of bytes in calldata to `sums`, 30 bytes at a time, of a up to `end`; `flip` is laid over
    /// the bytes of b. Every third byte of a word is a digit of a number of base 2^24, ten digits each. With the bytes of b
    /// reversed, digit 9 of the product of two such numbers is the sum of the ten products of bytes that stood at the same
    /// place; no digit can reach 2^24.
    function _addRun(uint256[3] memory sums, uint256 a, uint256 end, uint256 b, uint256 flip) private pure {
        assembly ("memory-safe") {
            for {} lt(a, end) {
                a := add(a, 30)
                b := add(b, 30)
            } {
                let x := calldataload(a)
                let y := xor(calldataload(b), flip)
                if lt(sub(end, a), 30) {
                    let keep := not(shr(shl(3, sub(end, a)), not(0)))
                    x := and(x, keep)
                    y := and(y, keep)
                }
                x := shr(16, x)
                y := or(and(shr(8, y), SWAP_8), shl(8, and(y, SWAP_8)))
                y := or(and(shr(16, y), SWAP_16), shl(16, and(y, SWAP_16)))
                y := or(and(shr(32, y), SWAP_32), shl(32, and(y, SWAP_32)))
                y := or(and(shr(64, y), SWAP_64), shl(64, and(y, SWAP_64)))
                y := or(shr(128, y), shl(128, y))

                let total := mul(and(x, DIGITS), and(shr(16, y), DIGITS))
                total := add(total, mul(and(shr(8, x), DIGITS), and(shr(8, y), DIGITS)))
                total := add(total, mul(and(shr(16, x), DIGITS), and(y, DIGITS)))
                mstore(sums, add(mload(sums), and(shr(216, total), 0xffffff)))
                total := add(add(and(x, DIGITS), and(shr(8, x), DIGITS)), and(shr(16, x), DIGITS))
                total := and(shr(216, mul(total, ONES)), 0xffffff)
                mstore(add(sums, 32), add(mload(add(sums, 32)), total))
                total := add(add(and(y, DIGITS), and(shr(8, y), DIGITS)), and(shr(16, y), DIGITS))
                total := and(shr(216, mul(total, ONES)), 0xffffff)
                mstore(add(sums, 64), add(mload(add(sums, 64)), total))
            }
        }
    }

    function _leftInTile(Tensor memory tensor, uint256 position) private pure returns (uint256) {
        return 1024 - ((tensor.offset + position) & 1023);
    }
}
