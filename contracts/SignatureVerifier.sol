// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {SessionSignature} from "./types/Receipt.sol";

/// @title Checks the signatures of receipts (P-256) and of vouchers (secp256k1 or EIP-1271).
/// @dev A contract of its own, made by the channels, because P-256 on chains without its precompile is long. Holds nothing.
contract SignatureVerifier {
    /// @notice Whether a signature is its session key's over SHA-256 of `message`, as platforms' own P-256 makes it; false
    /// where `s` lies in the upper half.
    function isSessionSignature(
        bytes32 message,
        SessionSignature calldata signature
    ) external view returns (bool) {
        bytes32 digest = sha256(abi.encodePacked(message));
        return P256.verify(digest, signature.r, signature.s, signature.x, signature.y);
    }

    /// @notice Whether a point lies on the curve P-256.
    function isSessionKey(bytes32 x, bytes32 y) external pure returns (bool) {
        return P256.isValidPublicKey(x, y);
    }

    /// @notice Whether `signer` signed `digest`: with its key, or by the code it has. A key's own signature counts for an
    /// account with code too, which delegated accounts have.
    function isSignedBy(
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) external view returns (bool) {
        (address recovered, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature);
    }
}
