// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tier} from "../types/Tier.sol";

/// @title Parameter versions, frozen into every request that names them.
/// @notice Versions are numbered from 1 and never change. Each is checked against the hard floors and the time formula
/// in the constructor; versions below the floors exist only on chain id 31337.
interface IParameters {
    /// @notice Thrown when a version number names nothing.
    error UnknownVersion(uint16 version, uint16 versions);

    /// @notice Thrown when a parameter lies below its floor or above its cap.
    error ParameterOutOfBounds(bytes32 tier, bytes32 parameter, uint256 given, uint256 bound);

    /// @notice Thrown when unbonding is shorter than delivery + window + input + dispute + airgap + margin.
    error UnbondingTooShort(bytes32 tier, uint256 given, uint256 required);

    event VersionAdded(uint16 indexed version, bytes32 indexed name, Tier tier);

    function tier(uint16 version) external view returns (Tier memory);
    function versions() external view returns (uint16);

    /// @notice Seconds from the request to unbond until the tokens may leave; covers every version.
    function unbondingSeconds() external view returns (uint32);

    /// @notice The longest time a dispute under `version` can take, both clocks and all floors spent.
    function disputeSeconds(uint16 version) external view returns (uint256);
}
