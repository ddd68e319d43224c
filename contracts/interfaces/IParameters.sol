// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tier} from "../types/Tier.sol";

/// @title Parameter versions, frozen into every request and receipt that names them.
/// @notice Versions are numbered from 1 and never change. Each is checked against the hard floors and the time formula,
/// whoever adds it; versions below the floors exist only on chain id 31337. A governor, where the deployment named one, may
/// add versions after a delay that is longer than the way out.
interface IParameters {
    /// @notice Thrown when a version number names nothing.
    error UnknownVersion(uint16 version, uint16 versions);

    /// @notice Thrown when a parameter lies below its floor or above its cap.
    error ParameterOutOfBounds(bytes32 tier, bytes32 parameter, uint256 given, uint256 bound);

    /// @notice Thrown when unbonding is shorter than work + input + dispute + airgap + margin.
    error UnbondingTooShort(bytes32 tier, uint256 given, uint256 required);

    /// @notice Thrown when the caller is not the governor. Where there is none, nobody is.
    error NotGovernor(address caller);

    /// @notice Thrown when a version is proposed while another waits.
    error ProposalWaiting(uint16 version);

    /// @notice Thrown when the version is not the one that waits.
    error NothingProposed(uint16 version);

    /// @notice Thrown when a proposal's delay is not over.
    error ProposalNotDue(uint64 activeFrom);

    event VersionProposed(uint16 indexed version, bytes32 indexed name, uint64 activeFrom, Tier tier);
    event ProposalCancelled(uint16 indexed version);
    event VersionAdded(uint16 indexed version, bytes32 indexed name, Tier tier);

    /// @notice Proposes the next version, to which every check of the first ones applies. One at a time. The governor.
    function propose(Tier calldata added) external returns (uint16 version);

    /// @notice Withdraws the proposal that waits. The governor.
    function cancelProposal() external;

    /// @notice Adds the proposed version once its delay has passed. Anyone.
    function activate(uint16 version) external;

    function tier(uint16 version) external view returns (Tier memory);

    /// @notice What a request is held to.
    function requestTerms(
        uint16 version
    ) external view returns (uint96 minFee, uint32 claimSeconds, uint8 maxTraceDepth, uint8 maxTensorDepth);

    /// @notice What a claim, a commitment and its end are held to.
    function workTerms(
        uint16 version
    ) external view returns (uint96 minLock, uint16 lockPerFee, uint32 deliverySeconds, uint32 windowSeconds);

    /// @notice What a challenge is held to.
    function challengeTerms(
        uint16 version
    )
        external
        view
        returns (uint96 challengeBond, uint32 workerSeconds, uint32 challengerSeconds, uint32 floorSeconds);

    /// @notice What a settlement is held to.
    function settleTerms(uint16 version) external view returns (uint32 airgapSeconds, uint64 gasPrice);

    /// @notice What a request for an input is held to.
    function inputTerms(uint16 version) external view returns (uint32 inputSeconds, uint32 recheckSeconds);

    /// @notice The share of a lock that a missed delivery costs, in basis points.
    function deliveryPenaltyBps(uint16 version) external view returns (uint16);

    /// @notice The number of versions; the last one's number.
    function versions() external view returns (uint16);

    /// @notice The largest bond of a publisher in any version.
    function publisherBond() external view returns (uint96);

    /// @notice Seconds from the request to unbond until the tokens may leave; covers every version.
    function unbondingSeconds() external view returns (uint32);

    /// @notice Seconds from the proposal of a version until it may be added; longer than unbonding.
    function changeSeconds() external view returns (uint64);

    /// @notice Who may propose versions; zero for nobody, ever.
    function governor() external view returns (address);

    /// @notice The version that waits, zero for none, and when it may be added.
    function proposal() external view returns (uint16 version, uint64 activeFrom, Tier memory proposed);

    /// @notice The longest time a dispute under `version` can take, both clocks and all floors spent.
    function disputeSeconds(uint16 version) external view returns (uint256);
}
