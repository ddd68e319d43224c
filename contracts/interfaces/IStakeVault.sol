// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Permit} from "../types/Market.sol";

/// @title The only holder of tokens: stake, escrowed fees and bonds, credits.
/// @notice One ERC-20 per deployment. For every account: free + locked + unbonding + credit; for every module: escrow.
/// Nobody can move another's stake; modules are the protocol's own contracts, named once at deployment. Ether is staked by
/// wrapping it, where the token is one that does, and leaves as that token.
/// @dev Warning: tokens that charge fees on transfer or rebase are refused by a balance check on every deposit.
interface IStakeVault {
    struct Account {
        uint96 free;
        uint96 locked;
        uint96 unbonding;
        uint96 credit;
    }

    struct Tranche {
        uint96 amount;
        uint64 availableAt;
    }

    /// @notice Thrown when a caller is not one of the protocol's modules.
    error NotModule(address caller);

    /// @notice Thrown when modules are named a second time, or by another than the deployer.
    error ModulesAlreadySet();

    /// @notice Thrown when an amount is zero.
    error ZeroAmount();

    /// @notice Thrown when an account's free stake is smaller than what should be locked or unbonded.
    error InsufficientStake(address account, uint256 free, uint256 required);

    /// @notice Thrown when a module's escrow is smaller than what it wants to release.
    error InsufficientEscrow(address module, uint256 held, uint256 required);

    /// @notice Thrown when the token delivered another amount than asked for.
    error UnexpectedTransferAmount(uint256 received, uint256 expected);

    /// @notice Thrown when an account opens more unbonding tranches than the maximum.
    error TooManyTranches(uint256 maximum);

    /// @notice Thrown when nothing can be withdrawn yet.
    error NothingToWithdraw(uint64 nextAvailableAt);

    /// @notice Thrown when there is no credit to claim.
    error NothingToClaim(address account);

    /// @notice Thrown when ether is sent and the deployment's token does not wrap it.
    error EtherNotAccepted(address token);

    event ModulesSet(address[] modules);
    event Staked(address indexed account, address indexed from, uint256 amount);
    event UnbondRequested(address indexed account, uint256 amount, uint64 availableAt);
    event Withdrawn(address indexed account, uint256 amount);
    event Credited(address indexed account, address indexed module, uint256 amount);
    event CreditClaimed(address indexed account, address indexed to, uint256 amount);
    event KeySet(address indexed account, address indexed key, uint8 roles);
    event Locked(address indexed account, uint256 amount);
    event Unlocked(address indexed account, uint256 amount);
    event Slashed(address indexed account, uint256 amount);
    event Restored(address indexed account, address indexed module, uint256 amount);
    event Paid(address indexed module, address indexed to, uint256 amount);
    event Escrowed(address indexed module, address indexed from, uint256 amount);
    event BurnRecorded(address indexed module, uint256 amount);
    event BurnSwept(uint256 amount);

    /// @notice Names the protocol contracts that may hold escrow and lock stake. The deployer's, once.
    function setModules(address[] calldata modules) external;

    /// @notice Adds stake for `account`, paid by the caller. Touches no timer, key or tranche of the account.
    function stake(address account, uint96 amount) external;

    /// @notice Adds stake for `account`, paid in ether by the caller, where the token wraps ether.
    function stakeEther(address account) external payable;

    /// @notice Adds stake for `account` under a permit of the caller's, in one transaction.
    function stakeWithPermit(address account, uint96 amount, Permit calldata permit_) external;

    /// @notice Shows the token an ERC-2612 permit that lets the vault take tokens of `owner`. Anyone.
    /// @dev A permit that the token refuses changes nothing: it may have been shown before. What it should pay for then fails.
    function permit(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Starts unbonding of the caller's own free stake. It stays in the vault, and slashable, until `withdraw`.
    function requestUnbond(uint96 amount) external;

    /// @notice Pays out the caller's matured tranches.
    function withdraw() external returns (uint256 amount);

    /// @notice Pays out the caller's credit to `to`.
    function claimCredit(address to) external returns (uint256 amount);

    /// @notice Grants `key` the roles of the bit set `roles` for the caller's account: 1 operator (claim, commit, bind,
    /// reveal), 2 defender (bind). Zero revokes. Bits above are reserved for session keys.
    function setKey(address key, uint8 roles) external;

    /// @notice Sends recorded burns to the dead address. Anyone may call.
    function sweepBurn() external returns (uint256 amount);

    // Modules only

    /// @notice Pulls tokens of `from`, who has approved the vault, into the calling module's escrow.
    /// @dev Warning: a module pulls from its own caller and nobody else.
    function escrowFrom(address from, uint96 amount) external;

    /// @notice Credits `account` out of the calling module's escrow; the account claims it.
    function creditFromEscrow(address account, uint96 amount) external;

    /// @notice Pays tokens out of the calling module's escrow. Zero pays nothing.
    /// @dev Warning: a module pays its own caller, and nobody else's payout may hang on the transfer.
    function payFromEscrow(address to, uint96 amount) external;

    /// @notice Turns a part of the calling module's escrow into free stake of `account`. Undoes a slash.
    function restoreFromEscrow(address account, uint96 amount) external;

    /// @notice Records a part of the calling module's escrow as burned.
    function burnFromEscrow(uint96 amount) external;

    /// @notice Takes free stake out of its owner's hands until it is unlocked or slashed.
    function lock(address account, uint96 amount) external;

    /// @notice Gives locked stake back.
    function unlock(address account, uint96 amount) external;

    /// @notice Moves up to `amount` of the account's locked stake into the calling module's escrow, and what that lacks from
    /// its unbonding tranches, the newest first. Never reverts for lack of stake: returns what was there.
    function slashToEscrow(address account, uint96 amount) external returns (uint96 slashed);

    /// @notice Hands escrow of the calling module to another module.
    function moveEscrow(address module, uint96 amount) external;

    // Views

    function account(address owner) external view returns (Account memory);
    function tranches(address owner) external view returns (Tranche[] memory);
    function escrow(address module) external view returns (uint256);

    /// @notice What is burned and not yet sent to the dead address.
    function pendingBurn() external view returns (uint256);

    /// @notice Whether `key` is the owner itself or holds one of the roles in the bit set `roles`.
    function hasRole(address owner, address key, uint8 roles) external view returns (bool);

    /// @notice The protocol's contracts, as they were named.
    function modules() external view returns (address[] memory);
    function token() external view returns (address);
}
